"""Each metric can be cut by channel, campaign, segment, owner and region, or a reason is given."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from math import isclose
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keiro.semantic import Kpi, MetricQueries, Slice, load_kpis
from tests.e2e.conftest import PublishedDemo

SLICES = ("channel", "campaign", "segment", "owner", "region")
# All KPIs are computed by channel anyway, and a test of their data adds the channels up.
QUERIED = SLICES[1:]
OF_COMPANIES = ("segment", "owner", "region")
AD = "an advertisement is bought for everybody, not for a company or a salesperson"
LAGGED = "cost of a month is held against customers of a later one, by channel at the most"
STOCK = "a stock is kept by day and channel; opportunities, by their creation, have all five"
NOBODY = "events without consent are nobody's, and name no campaign that may be kept"
ANONYMOUS = "a visitor is unknown; only who converts comes to have a company and a salesperson"
# Why a semantic model, and so each metric on it, cannot be cut in a way.
REASONS = (
    dict.fromkeys((("costs", cut) for cut in OF_COMPANIES), AD)
    | dict.fromkeys((("acquisition_days", cut) for cut in SLICES[1:]), LAGGED)
    | dict.fromkeys((("pipeline_days", cut) for cut in SLICES[1:]), STOCK)
    | dict.fromkeys((("web_event_days", cut) for cut in SLICES[1:]), NOBODY)
    | dict.fromkeys((("sessions", cut) for cut in OF_COMPANIES), ANONYMOUS)
)
GRAIN = "fiscal_year"
Row = dict[str, Any]


class Metrics:
    """The metrics of a parsed project, the semantic models behind each, and their values."""

    def __init__(self, target: Path, warehouse: Path) -> None:
        manifest = json.loads((target / "semantic_manifest.json").read_text(encoding="utf-8"))
        self.kpis = {kpi.name: kpi for kpi in load_kpis(target)}
        self.entities = {
            model["name"]: {entity["name"] for entity in model["entities"]}
            for model in manifest["semantic_models"]
        }
        self._own = {
            metric["name"]: (metric["type_params"].get("metric_aggregation_params") or {}).get(
                "semantic_model"
            )
            for metric in manifest["metrics"]
        }
        self._queries = MetricQueries(target)
        self._con = duckdb.connect(str(warehouse), read_only=True)
        # Queried once and read by several tests.
        self.values = cache(self._values)

    def close(self) -> None:
        self._con.close()

    def models(self, name: str) -> set[str]:
        """The semantic models that a metric counts on, itself or through its inputs."""
        if own := self._own[name]:
            return {own}
        return set().union(*(self.models(part) for part in self.kpis[name].inputs))

    def cut_by(self, cut: str) -> list[Kpi]:
        """The metrics for which no reason stands against the cut."""
        return [
            kpi
            for name, kpi in self.kpis.items()
            if not any((model, cut) in REASONS for model in self.models(name))
        ]

    def whole(self) -> dict[tuple[date, str], float]:
        """Fiscal year and metric to the value as the pipeline computed it, before any verdict."""
        rows = self._con.execute(
            "select period_start, metric, value from intermediate.int_kpi_values_computed"
            " where grain = ? and scope = 'all'",
            [GRAIN],
        ).fetchall()
        return {(year, metric): value for year, metric, value in rows}

    def _values(self, cut: str) -> list[Row]:
        """One row per fiscal year and group with all metrics that can be cut so."""
        names = [kpi.name for kpi in self.cut_by(cut)]
        relation = self._con.sql(self._queries.sql(names, Slice(GRAIN, cut)))
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


@pytest.fixture(scope="module")
def metrics(demo: PublishedDemo) -> Iterator[Metrics]:
    metrics = Metrics(demo.target, demo.warehouse)
    yield metrics
    metrics.close()


def test_what_cannot_be_cut_has_a_reason_and_nothing_else(metrics: Metrics) -> None:
    behind = set().union(*(metrics.models(name) for name in metrics.kpis))
    missing = {
        (model, cut) for model in behind for cut in SLICES if cut not in metrics.entities[model]
    }
    assert missing == set(REASONS)
    # A few metrics at most are left out of a cut by what stands behind them.
    assert {cut: len(metrics.kpis) - len(metrics.cut_by(cut)) for cut in SLICES} == {
        "channel": 0,
        "campaign": 10,
        "segment": 14,
        "owner": 14,
        "region": 14,
    }


@pytest.mark.parametrize("cut", QUERIED)
def test_the_parts_of_what_adds_up_are_the_whole(metrics: Metrics, cut: str) -> None:
    additive = [kpi.name for kpi in metrics.cut_by(cut) if kpi.kind in ("count", "amount")]
    sums: dict[tuple[date, str], float] = defaultdict(float)
    for part in metrics.values(cut):
        for name in additive:
            sums[part[f"metric_time__{GRAIN}"], name] += float(part[name] or 0)
    whole = {key: value for key, value in metrics.whole().items() if key[1] in additive and value}
    assert len({name for _, name in whole}) > 30
    assert {key: value for key, value in sums.items() if value} == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize("cut", QUERIED)
def test_a_quotient_of_a_group_is_of_that_group(metrics: Metrics, cut: str) -> None:
    """What is not known is a group like others: the numerator finds its denominator there too."""
    quotients = [kpi for kpi in metrics.cut_by(cut) if kpi.is_quotient]
    assert len(quotients) > 20
    assert all(row[cut] is not None for row in metrics.values(cut))
    compared = 0
    for row in metrics.values(cut):
        for kpi in quotients:
            upper, lower = row[str(kpi.numerator)], row[str(kpi.denominator)]
            if upper is not None and lower:
                assert isclose(row[kpi.name], upper / lower, rel_tol=1e-9), (kpi.name, row[cut])
                compared += 1
    assert compared > 60


@pytest.mark.parametrize("cut", QUERIED)
def test_a_cut_has_several_groups_and_counts_each_by_its_own_rows(
    metrics: Metrics, demo: PublishedDemo, cut: str
) -> None:
    """Of won deals and handovers, against a count of the published rows."""
    column = "owner_id" if cut == "owner" else cut
    with duckdb.connect(str(demo.database), read_only=True) as con:
        for metric, table, condition in (
            ("won_deals", "fct_opportunities", "is_won"),
            ("mqls_due", "fct_handovers", "is_sla_over"),
        ):
            counted = con.sql(
                f"select coalesce({column}, 'unknown'), count(*) from funnel.{table}"
                f" where {condition} group by all"
            ).fetchall()
            sliced: dict[str, int] = {}
            for row in metrics.values(cut):
                sliced[row[cut]] = sliced.get(row[cut], 0) + (row[metric] or 0)
            assert {group: n for group, n in sliced.items() if n} == dict(counted)
            assert len(counted) > 2


def test_owners_are_pseudonymous(metrics: Metrics) -> None:
    owners = {row["owner"] for row in metrics.values("owner")} - {"unknown"}
    assert len(owners) > 5
    assert all(len(owner) == 20 and int(owner, 16) >= 0 for owner in owners)
