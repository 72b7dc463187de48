"""The table of tested cases names tests that there are, and every metric with a rate is in it."""

import re

import yaml

from tests.conftest import PROJECT

TABLE = (PROJECT / "docs" / "tested_cases.md").read_text(encoding="utf-8")
# Names of tests are sentences: longer than those of models and metrics.
NAMED = {name for name in re.findall(r"`([a-z0-9_]+)`", TABLE) if name.count("_") >= 6}
CASES = ("zero denominator", "same day", "horizon's last day", "re-opened deal", "duplicate lead",
         "late event", "skipped stage", "regression")  # fmt: skip


def _declared() -> dict[str, str]:
    """Each unit test of the repository with the model that it tests."""
    files = (PROJECT / "models").rglob("*unit_tests.yml")
    found = [yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"] for file in files]
    return {test["name"]: test["model"] for tests in found for test in tests}


def test_each_test_that_the_table_names_is_one() -> None:
    assert len(NAMED) > 20
    assert sorted(NAMED - _declared().keys()) == []


def test_each_model_of_the_stages_and_conversions_is_tested_by_one_of_them() -> None:
    """What has a unit test of its own there is in the table, so that none is added beside it."""
    folders = [PROJECT / "models" / "intermediate" / name for name in ("stages", "conversions")]
    models = {file.stem for folder in folders for file in folder.glob("*.sql")}
    named = {model for name, model in _declared().items() if name in NAMED}
    elsewhere = {
        # Whose rows are made anew: tests/integration/test_increments.py.
        "int_entities_compared",
        "int_entities_changed",
        # An import is flagged and changes no stage.
        "int_stage_minutes_crowded",
        "int_stage_evidence_unmapped",  # what no mapping knows is set aside, whenever it was
        "int_conversions_counted",
        "int_conversion_spreads",
        "int_conversion_chances",
        "int_cohort_levels",
        "int_cohorts_developed",
        "int_cohorts_estimated",
        "int_cohorts_projected",
    }
    assert models - named == elsewhere


def test_each_case_is_a_column() -> None:
    assert [case for case in CASES if f"| {case} |" not in TABLE] == []
