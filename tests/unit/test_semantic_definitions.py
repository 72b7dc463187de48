"""Metric definitions read from a manifest: kinds, faults, the tree, hashes."""

from pathlib import Path
from typing import Any

import pytest

from keiro.errors import KeiroError
from keiro.semantic import check_targets, load_kpis
from tests.unit.metric_manifest import metric, write_manifest


def _ratio(name: str, numerator: str, denominator: str, **changes: Any) -> dict[str, Any]:
    params = {"numerator": {"name": numerator}, "denominator": {"name": denominator}}
    return metric(name, type="ratio", type_params=params, **changes)


GOAL = metric("goal", meta={"role": "kgi", "parent": None})


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path


def test_kinds_follow_from_the_spec_and_the_unit(target: Path) -> None:
    write_manifest(
        target,
        GOAL,
        metric("leads"),
        metric("revenue", meta={"unit": "JPY", "sample": "leads"}),
        metric("balance", meta={"unit": "JPY", "kind": "stock"}),
        metric("cycle", meta={"unit": "days", "kind": "ratio", "sample": "leads"}),
        _ratio("share", "leads", "goal", meta={"unit": "ratio"}),
        _ratio("price", "revenue", "leads", meta={"unit": "JPY"}),
    )
    kpis = {kpi.name: kpi for kpi in load_kpis(target)}
    assert {name: kpi.kind for name, kpi in kpis.items()} == {
        "goal": "count",
        "leads": "count",
        "revenue": "amount",
        "balance": "stock",
        "cycle": "ratio",
        "share": "rate",
        "price": "ratio",
    }
    assert kpis["share"].inputs == ("leads", "goal")
    assert [kpis[name].sample for name in ("leads", "revenue", "price")] == ["leads"] * 3


def test_a_horizon_is_that_of_the_stage_pair_or_its_own(target: Path) -> None:
    write_manifest(target, GOAL, metric("handed_over", meta={"horizon_days": 14}))
    assert {kpi.name: kpi.meta.horizon_days for kpi in load_kpis(target)} == {
        "goal": None,
        "handed_over": 14,
    }
    write_manifest(
        target, GOAL, metric("both", meta={"horizon_days": 14, "stage_pair": "mql_to_sal"})
    )
    with pytest.raises(KeiroError, match=r"both: config\.meta\..*state one of them"):
        load_kpis(target)


def test_a_quotient_with_a_filter_of_its_own_is_left_to_metricflow(target: Path) -> None:
    filtered = _ratio("filtered", "leads", "goal", meta={"unit": "ratio"})
    filtered["type_params"]["numerator"]["filter"] = {"where_filters": []}
    plain = _ratio("plain", "leads", "goal", meta={"unit": "ratio"})
    write_manifest(target, GOAL, metric("leads"), filtered, plain)
    quotients = {kpi.name for kpi in load_kpis(target) if kpi.is_quotient}
    assert quotients == {"plain"}


def test_formulas_show_names_and_not_templates(target: Path) -> None:
    condition = "{{ Dimension('entry__stage') }} = 'mql' and {{ Dimension('entry__is_new') }}"
    filters = {"where_filters": [{"where_sql_template": condition}]}
    write_manifest(target, GOAL, metric("mqls", filter=filters))
    formulas = {kpi.name: kpi.formula for kpi in load_kpis(target)}
    assert formulas["mqls"] == "count(id) where stage = 'mql' and is_new"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"meta": {"owner": None}}, "config.meta.owner is missing"),
        ({"meta": {"label_ja": None}}, "config.meta.label_ja is missing"),
        ({"meta": {"description_ja": None}}, "description_ja is missing"),
        ({"meta": {"unit": "pieces"}}, "config.meta.unit"),
        ({"meta": {"range": {"min": 2, "max": 1}}}, "min 2.0 is above max 1.0"),
        ({"meta": {"colour": "red"}}, "config.meta.colour"),
        ({"meta": {"parent": None}}, "config.meta.parent is missing"),
        ({"meta": {"parent": "gaol"}}, "unknown metric 'gaol'"),
        ({"meta": {"sample": "leeds"}}, "unknown metric 'leeds'"),
        ({"meta": {"role": "kgi"}}, "one metric must have the role kgi, and 2 have it"),
        ({"description": "  "}, "`description` is missing"),
    ],
)
def test_a_fault_names_file_metric_and_key(change: dict[str, Any], said: str, target: Path) -> None:
    write_manifest(target, GOAL, metric("leads", **change))
    with pytest.raises(KeiroError) as caught:
        load_kpis(target)
    assert said in str(caught.value)
    assert "leads" in str(caught.value) or "kgi" in str(caught.value)


def test_all_faults_are_told_at_once(target: Path) -> None:
    write_manifest(
        target,
        GOAL,
        metric("leads", meta={"owner": None}),
        metric("mqls", meta={"unit": None}),
    )
    with pytest.raises(KeiroError) as caught:
        load_kpis(target)
    assert "metrics/leads.yml: metric leads: config.meta.owner" in str(caught.value)
    assert "metrics/mqls.yml: metric mqls: config.meta.unit" in str(caught.value)


def test_a_circle_of_parents_is_a_fault(target: Path) -> None:
    one, other = metric("one", meta={"parent": "other"}), metric("other", meta={"parent": "one"})
    write_manifest(target, GOAL, one, other)
    with pytest.raises(KeiroError, match="circle"):
        load_kpis(target)


def test_a_parent_that_is_switched_off_is_passed_over(target: Path) -> None:
    off = metric("mqls", meta={"parent": "opportunities"})
    farther = metric("opportunities", meta={"parent": "revenue"})
    root = metric("revenue", meta={"role": "kgi", "parent": None})
    write_manifest(
        target, GOAL, metric("leads", meta={"parent": "mqls"}), disabled=(off, farther, root)
    )
    parents = {kpi.name: kpi.parent for kpi in load_kpis(target)}
    assert parents == {"goal": None, "leads": "goal"}


def test_the_hash_changes_with_the_definition_and_not_with_the_label(target: Path) -> None:
    def hashes(*changed: dict[str, Any]) -> dict[str, str]:
        write_manifest(
            target, GOAL, _ratio("share", "leads", "goal", meta={"unit": "ratio"}), *changed
        )
        return {kpi.name: kpi.definition_hash for kpi in load_kpis(target)}

    before = hashes(metric("leads"))
    assert hashes(metric("leads", label="Another label")) == before
    filters = {"where_filters": [{"where_sql_template": "is_new"}]}
    after = hashes(metric("leads", filter=filters))
    assert {name for name in before if before[name] != after[name]} == {"leads", "share"}


TARGETS_HEADER = "metric,scope,grain,period_start,target,effective_from"
TARGETS_ROW = "goal,all,month,2026-04-01,5,2026-04-01"


def _refused(target: Path, content: bytes) -> str:
    kpis = load_kpis(write_manifest(target, GOAL))
    file = target / "kpi_targets.csv"
    file.write_bytes(content)
    with pytest.raises(KeiroError) as caught:
        check_targets(file, kpis)
    assert "kpi_targets.csv" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("goals,all,month,2026-04-01,1,2026-04-01", "row 3: there is no metric 'goals'"),
        ("goal,,month,2026-04-01,1,2026-04-01", "row 3: scope ''"),
        ("goal,all,decade,2026-04-01,1,2026-04-01", "row 3: grain 'decade'"),
        ("goal,all,month,2026-04-31,1,2026-04-01", "row 3: period_start '2026-04-31'"),
        ("goal,all,month,2026-04-01,many,2026-04-01", "row 3: target 'many'"),
        ("goal,all,month,2026-04-01,nan,2026-04-01", "row 3: target 'nan'"),
        ("goal,all,month,2026-04-01,-inf,2026-04-01", "row 3: target '-inf'"),
        ("goal,all,month,2026-04-01,1,soon", "row 3: effective_from 'soon'"),
        ("goal,all,month,2026-04-01,1", "row 3: effective_from ''"),
        ("goal,all,month", "row 3: target ''"),
        ("goal,all,month,2026-04-01,1,2026-04-01,900", "row 3: it has more cells"),
    ],
)
def test_targets_are_checked_row_by_row(row: str, said: str, target: Path) -> None:
    assert said in _refused(target, f"{TARGETS_HEADER}\n{TARGETS_ROW}\n{row}\n".encode())


def test_blank_lines_of_targets_count_as_lines(target: Path) -> None:
    rows = f"{TARGETS_HEADER}\n\n{TARGETS_ROW.replace('goal', 'goals')}\n"
    assert "row 3: there is no metric 'goals'" in _refused(target, rows.encode())


def test_targets_as_excel_saves_them_are_read(target: Path) -> None:
    kpis = load_kpis(write_manifest(target, GOAL))
    file = target / "kpi_targets.csv"
    file.write_text(f"{TARGETS_HEADER}\r\n{TARGETS_ROW}\r\n", encoding="utf-8-sig")
    check_targets(file, kpis)


def test_targets_in_another_encoding_are_refused(target: Path) -> None:
    rows = f"{TARGETS_HEADER},owner\n{TARGETS_ROW},営業\n"
    said = _refused(target, rows.encode("cp932"))
    assert "row 2: the byte 0x89 is not UTF-8" in said
    assert "CSV UTF-8" in said


@pytest.mark.parametrize("column", TARGETS_HEADER.split(","))
def test_a_missing_column_of_targets_is_named(column: str, target: Path) -> None:
    header = TARGETS_HEADER.replace(column, "other")
    said = _refused(target, f"{header}\n{TARGETS_ROW}\n".encode())
    assert f"row 1: there is no column {column} (got " in said


def test_an_empty_file_of_targets_is_refused(target: Path) -> None:
    assert "there is no column metric, scope" in _refused(target, b"")
