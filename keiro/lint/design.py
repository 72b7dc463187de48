"""The KPIs of a project as the rules see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from keiro.lint.data import Data
from keiro.lint.rules import Evidence, Finding, Rule
from keiro.semantic.definitions import Kpi
from keiro.semantic.meta import IN_TREE
from keiro.tree.graph import Edge, loose_edges
from keiro.tree.panel import MONTHS


@dataclass(frozen=True)
class Metric:
    """A metric that may lack what it must have.

    `missing` names what its YAML does not say, `faults` what it says wrongly; both stand in `kpi`
    as a neutral value. `date_bases` are the dates and `populations` the rows that its parts count
    by, `sources` the files that it rests on (source, object), `unresolved` what it names in vain.
    """

    kpi: Kpi
    missing: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    date_bases: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    sources: frozenset[tuple[str, str]] = frozenset()
    unresolved: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the metric."""
        return self.kpi.name


@dataclass(frozen=True)
class Target:
    """A target of a metric over all scopes."""

    metric: str
    grain: str
    period_start: date
    target: float
    baseline: float | None
    due_date: date | None
    effective_from: date

    @property
    def months(self) -> int:
        """Length of the period in months; 0 below one."""
        return MONTHS.get(self.grain, 0)

    @property
    def last_day(self) -> date:
        """Last day of the period."""
        if not self.months:
            return self.period_start + timedelta(days=6 if self.grain == "week" else 0)
        month = self.period_start.month - 1 + self.months
        return date(self.period_start.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


@dataclass(frozen=True)
class Design:
    """A project's metrics by name, its targets, the day on which it is judged, and its data."""

    metrics: dict[str, Metric]
    targets: tuple[Target, ...]
    as_of: date
    data: Data | None = None

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The edges of the tree, as far as they can be read."""
        return loose_edges([metric.kpi for metric in self.metrics.values()])

    @cached_property
    def in_tree(self) -> tuple[Metric, ...]:
        """The metrics that people steer by; components are parts of these."""
        return tuple(m for m in self.metrics.values() if m.kpi.meta.role in IN_TREE)

    def with_role(self, *roles: str) -> tuple[Metric, ...]:
        """The metrics of these roles."""
        return tuple(m for m in self.in_tree if m.kpi.meta.role in roles)

    @property
    def root(self) -> Metric | None:
        """The KGI, the first of several."""
        return next(iter(self.with_role("kgi")), None)

    def in_force(self, metric: str) -> Target | None:
        """The target that counts on the day: of those that had begun the one with the latest end.

        Where several were written for it, the newest.
        """
        begun = [
            t
            for t in self.targets
            if t.metric == metric
            and t.effective_from <= self.as_of
            and t.period_start <= self.as_of <= t.last_day
        ]
        return max(begun, key=lambda t: (t.last_day, t.effective_from), default=None)


def found(rule: Rule, metric: Metric, /, **evidence: str | float | None) -> Finding:
    """A finding about a metric."""
    given: Evidence = {"metric": metric.name, **evidence}
    return Finding(
        rule=rule,
        metric=metric.name,
        file=metric.kpi.file,
        evidence=given,
        unit=metric.kpi.meta.unit,
    )


def improvement(metric: Metric, before: float, after: float) -> float:
    """By which share of `before` a value gets better; negative where it gets worse."""
    change = (after - before) / abs(before)
    return change if metric.kpi.meta.direction == "up" else -change


Found = Iterator[Finding]
