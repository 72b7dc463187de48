"""The dbt project keeps the house rules: described, contracted, tested, valid for MetricFlow."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import linked_project, run_command
from tests.e2e.conftest import PublishedDemo


@pytest.fixture(scope="module")
def nodes(demo: PublishedDemo) -> list[dict]:
    manifest = json.loads((demo.target / "manifest.json").read_text(encoding="utf-8"))
    return list(manifest["nodes"].values())


def _marts(nodes: list[dict]) -> list[dict]:
    return [n for n in nodes if n["resource_type"] == "model" and n["fqn"][1] == "marts"]


def test_every_model_is_described(nodes: list[dict]) -> None:
    models = [n for n in nodes if n["resource_type"] == "model"]
    assert len(models) > 50
    assert [n["name"] for n in models if not n["description"].strip()] == []


def test_every_column_of_a_mart_is_described(nodes: list[dict]) -> None:
    missing = [
        f"{n['name']}.{column['name']}"
        for n in _marts(nodes)
        for column in n["columns"].values()
        if not column["description"].strip()
    ]
    assert missing == []


def test_every_mart_has_a_contract_and_a_key_test(nodes: list[dict]) -> None:
    tests = [n for n in nodes if n["resource_type"] == "test"]
    keyed = {
        parent
        for test in tests
        if (test.get("test_metadata") or {}).get("name") in {"unique", "unique_columns"}
        for parent in test["depends_on"]["nodes"]
    }
    marts = _marts(nodes)
    assert len(marts) >= 18
    assert [n["name"] for n in marts if not n["config"]["contract"]["enforced"]] == []
    assert [n["name"] for n in marts if n["unique_id"] not in keyed] == []


def test_every_seed_is_described(nodes: list[dict]) -> None:
    seeds = [n for n in nodes if n["resource_type"] == "seed"]
    assert [n["name"] for n in seeds if not n["description"].strip()] == []


def test_mf_validates_the_metrics(demo: PublishedDemo, tmp_path: Path) -> None:
    project = linked_project(tmp_path / "project", demo.target)
    env = {**demo.env, "DBT_LOG_PATH": tmp_path / "logs"}
    done = run_command(["mf", "validate-configs"], env=env, cwd=project)
    errors = re.findall(r"ERRORS: (\d+)", done.stdout)
    assert len(errors) >= 4
    assert set(errors) == {"0"}
