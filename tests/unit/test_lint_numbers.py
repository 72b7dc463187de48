"""The numbers of findings, worked out by hand; rules that are switched off or chosen."""

import json
from datetime import date
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from keiro.errors import KeiroError
from keiro.lint.data import Series
from keiro.lint.judging import RULES, Verdict, judge
from keiro.lint.output import as_github, as_json, as_sarif
from keiro.lint.reading import read_design
from keiro.lint.table import as_table
from keiro.report.labels import LANGUAGES
from tests.unit.lint_world import MONTHS, World, change


def _evidence(verdict: Verdict, rule: str, metric: str) -> dict[str, object]:
    found = [f for f in verdict.findings if (f.rule.id, f.metric) == (rule, metric)]
    assert len(found) == 1, [(f.rule.id, f.metric) for f in verdict.findings]
    return dict(found[0].evidence)


def test_the_width_of_a_counts_interval_is_that_of_poisson(tmp_path: Path) -> None:
    world = World()
    world.months["leads"] = np.full(MONTHS, 300.0)
    world.targets["leads"]["baseline"] = 23_000.0
    evidence = _evidence(judge(world.design(tmp_path)), "KPI-M03", "leads")
    # 3,600 cases a year: 2 x 1.96 / 60 is 6.5 %; asked are 24,000 / 23,000 - 1, 4.3 %.
    assert evidence["cases"] == 3_600
    assert evidence["width"] == pytest.approx(2 * 1.959964 / 60, rel=1e-6)
    assert evidence["change"] == pytest.approx(1 / 23)


def test_the_width_of_a_share_is_binomial(tmp_path: Path) -> None:
    world = World()
    world.months["deals_per_lead"] = np.full(MONTHS, 0.2)
    base = world.targets["leads"]
    world.targets["rate"] = {**base, "metric": "deals_per_lead", "target": 0.205, "baseline": 0.2}
    evidence = _evidence(judge(world.design(tmp_path)), "KPI-M03", "deals_per_lead")
    # Of 24,000 leads; relative to the rate.
    error = sqrt(0.2 * 0.8 / 24_000) / 0.2
    assert evidence["width"] == pytest.approx(2 * 1.959964 * error, rel=1e-6)
    assert evidence["cases"] == 24_000


def test_the_width_of_a_mean_price_comes_from_its_cases(tmp_path: Path) -> None:
    world = World()
    world.months["price"] = np.full(MONTHS, 95_000.0)
    world.targets["price"].update({"target": 95_000.0 * 1.0201, "baseline": 95_000.0})
    design = world.design(tmp_path)
    assert judge(design).findings == ()
    assert design.data is not None
    moments = design.data.moments(date(2026, 9, 1), date(2026, 9, 1))
    # 10,000 at 100,000 and 10,000 at 90,000 around a mean of 95,000: each is 5,000 away.
    away = (
        moments["won_revenue", "won_revenue"]
        - 2 * 95_000 * moments["won_revenue", "deals"]
        + 95_000**2 * moments["deals", "deals"]
    )
    assert away == pytest.approx(20_000 * 5_000**2)


def test_growth_is_asked_against_the_best_twelve_months(tmp_path: Path) -> None:
    world = World()
    world.months["deals"] = 2_000 * 1.1 ** (np.arange(MONTHS) / 12)
    world.targets["deals"].update({"target": 26_250.0, "baseline": 21_000.0})
    evidence = _evidence(judge(world.design(tmp_path)), "KPI-A01", "deals")
    # 25 % are more than twice the 10 % of every year; the first month may be a part of one.
    assert evidence["asked"] == pytest.approx(0.25)
    assert evidence["best"] == pytest.approx(0.1)
    assert evidence["comparisons"] == 35 - 12 - 11
    world.targets["deals"]["target"] = 21_000 * 1.19
    assert judge(world.design(tmp_path)).findings == ()


def test_cases_of_a_cohort_count_when_their_horizon_is_over(tmp_path: Path) -> None:
    world = World()
    weeks = world.noise()
    weeks[-5:] = np.nan
    world.weeks["replies"] = weeks
    change(world.nodes["replies"], cadence="week")
    found = judge(world.design(tmp_path), select=["KPI-M02"])
    assert _evidence(found, "KPI-M02", "replies")["computed"] == 7
    change(world.nodes["replies"], horizon_days=42)
    assert judge(world.design(tmp_path), select=["KPI-M02"]).findings == ()


def test_a_source_of_which_nothing_came_is_named(tmp_path: Path) -> None:
    world = World()
    design = world.design(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    manifest["sources"] = {"s.dead": {"source_name": "crm", "name": "dead"}}
    manifest["parent_map"] = {"metric.p.replies": ["m"], "m": ["s.dead"], "s.dead": []}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    design = read_design(
        tmp_path, targets=world.targets.values(), as_of=design.as_of, data=design.data
    )
    evidence = _evidence(judge(design), "KPI-M01", "replies")
    assert evidence["why"] == "no row of crm.dead was ever loaded"


def test_a_rule_is_switched_off_with_a_reason_only(tmp_path: Path) -> None:
    world = World()
    change(world.nodes["price"], review_date=None, lint={"KPI-T03": "Asked of the board"})
    change(world.nodes["deals"], review_date=None, lint={"KPI-T03": " ", "KPI-X99": "why not"})
    verdict = judge(world.design(tmp_path))
    assert [(f.rule.id, f.metric) for f in verdict.findings] == [
        ("KPI-L01", "deals"),
        ("KPI-L01", "deals"),
        ("KPI-T03", "deals"),
    ]
    assert [(f.metric, f.reason) for f in verdict.switched_off] == [("price", "Asked of the board")]
    sarif = as_sarif(verdict, "en")["runs"][0]["results"]
    assert [result.get("suppressions") for result in sarif][-1] == [
        {"kind": "inSource", "justification": "Asked of the board"}
    ]
    assert as_json(verdict)["switched_off"][0]["reason"] == "Asked of the board"
    rows = as_table(verdict).to_pylist()
    assert [row["finding_id"] for row in rows] == [
        "KPI-L01:deals",
        "KPI-L01:deals:1",
        "KPI-T03:deals",
        "KPI-T03:price",
    ]
    assert [row["reason"] for row in rows] == [None, None, None, "Asked of the board"]


def test_rules_are_chosen_by_the_beginning_of_their_id(tmp_path: Path) -> None:
    world = World()
    change(world.nodes["price"], review_date=None, owner=None)
    design = world.design(tmp_path)

    def ids(**choice: list[str]) -> list[str]:
        return [finding.rule.id for finding in judge(design, **choice).findings]

    assert ids() == ["KPI-S07", "KPI-T03"]
    assert ids(select=["kpi-t"]) == ["KPI-T03"]
    assert ids(ignore=["KPI-T03"]) == ["KPI-S07"]
    assert ids(select=["KPI-S07"], ignore=["KPI-S"]) == []
    with pytest.raises(KeiroError, match=r"--select: there is no rule 'KPI-Z'"):
        ids(select=["KPI-Z"])


def test_github_gets_one_line_per_finding(tmp_path: Path) -> None:
    world = World()
    change(world.nodes["price"], owner=None)
    world.nodes["price"]["original_file_path"] = "metrics/a,b.yml"
    lines = list(as_github(judge(world.design(tmp_path)), "en"))
    assert lines == [
        "::error file=metrics/a%2Cb.yml,title=KPI-S07 price::Nobody answers for it. "
        "State config.meta.owner: one role or team."
    ]


def test_both_languages_have_the_same_fields_and_end_alike() -> None:
    import string

    for rule in RULES:
        for texts in (rule.title, rule.says, rule.remedy):
            assert len(texts) == len(LANGUAGES)
            assert all(text.strip() for text in texts)
        fields = [
            {name.removesuffix("_ja") for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in rule.says
        ]
        assert fields[0] >= fields[1] - {"what"}, rule.id
        assert any("\u3040" <= character <= "\u30ff" for character in rule.remedy[1]), rule.id
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_series_begins_with_its_second_value() -> None:
    days = np.arange(4).astype("datetime64[D]")
    values = np.array([np.nan, 1.0, 2.0, np.nan])
    series = Series(days, days, values, values, values, np.isfinite(values))
    assert series.known().value[0] == 2
    assert len(series.known().starts) == 2


def test_parts_that_count_by_one_date_need_no_date_basis(tmp_path: Path) -> None:
    """Deals and their origins are rows of two marts, and both are closed on one day."""
    world = World()
    part = world.nodes["cost"]["type_params"]["metric_aggregation_params"]
    part["semantic_model"] = "costs"
    verdict = judge(world.design(tmp_path))
    assert [(f.rule.id, f.metric) for f in verdict.findings] == [("KPI-S04", "cost_per_lead")]
    change(world.nodes["cost_per_lead"], population="Costs of media; leads")
    assert judge(world.design(tmp_path)).findings == ()


def test_grains_are_words(tmp_path: Path) -> None:
    world = World()
    world.targets["price"]["due_date"] = ""
    (finding,) = judge(world.design(tmp_path)).findings
    assert finding.message("en").startswith("The due date of its target (fiscal year from 2026-04")
    assert "（2026-04-01からの年度）" in finding.message("ja")
    assert finding.evidence["grain"] == "fiscal_year"
