"""The tree as a typed graph: which metric stands below which, why, and the identities that hold."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from keiro.errors import KeiroError
from keiro.semantic.definitions import Kpi
from keiro.semantic.drivers import EdgeKind
from keiro.semantic.meta import IN_TREE
from keiro.tree.formula import (
    Formula,
    FormulaError,
    describe,
    dimension,
    parse_formula,
    unit_dimension,
)

# In this order drivers are shown: what holds by arithmetic first, what merely watches last.
KINDS: tuple[EdgeKind, ...] = ("identity", "lagged", "hypothesis", "guardrail")


@dataclass(frozen=True)
class Edge:
    """`driver` stands below `metric`. An edge that is not declared comes from the key `parent`."""

    metric: str
    driver: str
    kind: EdgeKind
    lag_days: int | None = None
    evidence: str | None = None
    owner: str | None = None
    review_date: date | None = None
    is_declared: bool = True


@dataclass(frozen=True)
class Tree:
    """The metrics of a project with their edges and identities.

    `root` is the KGI; `edges` are in the order of the metrics' names, kinds and declarations.
    """

    root: str
    edges: tuple[Edge, ...]
    identities: dict[str, Formula]

    @cached_property
    def _below(self) -> dict[str, tuple[Edge, ...]]:
        below: dict[str, list[Edge]] = {}
        for edge in self.edges:
            below.setdefault(edge.metric, []).append(edge)
        return {metric: tuple(edges) for metric, edges in below.items()}

    def below(self, metric: str) -> tuple[Edge, ...]:
        """The edges to a metric's drivers, identities first."""
        return self._below.get(metric, ())

    def walk(self) -> Iterator[tuple[int, Edge | None, str]]:
        """Each metric below the KGI, once, depth first: its depth, the edge to it, its name."""
        seen: set[str] = set()
        waiting: list[tuple[int, Edge | None, str]] = [(0, None, self.root)]
        while waiting:
            depth, edge, metric = waiting.pop()
            if metric in seen:
                continue
            seen.add(metric)
            yield depth, edge, metric
            waiting += [(depth + 1, e, e.driver) for e in reversed(self.below(metric))]

    def evaluation_order(self) -> tuple[str, ...]:
        """The metrics with an identity, each after those that its formula names."""
        done: dict[str, None] = {}

        def visit(metric: str) -> None:
            formula = self.identities.get(metric)
            if formula is None or metric in done:
                return
            for part in formula.metrics:
                visit(part)
            done[metric] = None

        for metric in sorted(self.identities):
            visit(metric)
        return tuple(done)


def build_tree(kpis: Sequence[Kpi]) -> Tree:
    """The tree of validated metrics. Raises KeiroError with each fault, its file and metric."""
    if faults := graph_faults(kpis):
        raise KeiroError(
            "the tree does not hold together:\n    " + "\n    ".join(faults),
            remedy="correct formula and drivers of the metrics named; docs/tree.md describes both",
        )
    identities = {kpi.name: parse_formula(kpi.identity) for kpi in kpis if kpi.identity}
    root = next(kpi.name for kpi in kpis if kpi.meta.role == "kgi")
    return Tree(root=root, edges=tuple(_edges(kpis, identities)), identities=identities)


def loose_edges(kpis: Sequence[Kpi]) -> tuple[Edge, ...]:
    """The edges of metrics that may be at fault, as far as they can be read."""
    names = {kpi.name for kpi in kpis}
    identities: dict[str, Formula] = {}
    for kpi in kpis:
        # What is wrong with a formula, `graph_faults` says.
        with suppress(FormulaError):
            if kpi.identity:
                identities[kpi.name] = parse_formula(kpi.identity)
    edges = _edges(kpis, identities)
    return tuple(e for e in edges if e.metric in names and e.driver in names)


def loops(edges: Iterable[Edge]) -> list[list[str]]:
    """Metrics that drive themselves: each loop once, its first name again at its end."""
    return _loops(edges)


def graph_faults(kpis: Sequence[Kpi]) -> list[str]:
    """What is wrong with formulas and drivers, each fault with the metric's file and name."""
    names = {kpi.name for kpi in kpis}
    units = {kpi.name: kpi.meta.unit for kpi in kpis}
    faults: list[str] = []
    identities: dict[str, Formula] = {}
    for kpi in kpis:
        where = f"{kpi.file}: metric {kpi.name}"
        try:
            formula = _identity(kpi, units)
        except FormulaError as error:
            faults.append(f"{where}: config.meta.formula {kpi.identity!r}: {error}")
            continue
        if formula is not None:
            identities[kpi.name] = formula
        faults += [f"{where}: {fault}" for fault in _driver_faults(kpi, formula, names)]
    if not faults:
        files = {kpi.name: kpi.file for kpi in kpis}
        faults = [
            f"{files[loop[0]]}: metric {loop[0]}: it drives itself: {' <- '.join(loop)}"
            for loop in _loops(_edges(kpis, identities))
        ]
    return faults


def _identity(kpi: Kpi, units: dict[str, str]) -> Formula | None:
    if kpi.identity is None:
        return None
    formula = parse_formula(kpi.identity)
    if unknown := [name for name in formula.metrics if name not in units]:
        raise FormulaError(f"there is no metric {', '.join(map(repr, unknown))}")
    if kpi.name in formula.metrics:
        raise FormulaError("it names the metric itself")
    given, wanted = dimension(formula, units), unit_dimension(kpi.meta.unit)
    if given != wanted:
        parts = ", ".join(f"{name} {units[name]}" for name in formula.metrics)
        raise FormulaError(
            f"it gives {describe(given)}, and the metric's unit is {kpi.meta.unit} ({parts})"
        )
    return formula


def _driver_faults(kpi: Kpi, formula: Formula | None, names: set[str]) -> Iterator[str]:
    seen: set[str] = set()
    for driver in kpi.drivers:
        key = f"config.meta.drivers: {driver.metric!r}"
        if driver.metric not in names:
            yield f"config.meta.drivers names the unknown metric {driver.metric!r}"
        if driver.metric == kpi.name:
            yield f"{key} is the metric itself"
        if driver.metric in seen:
            yield f"{key} stands there twice"
        seen.add(driver.metric)
        in_formula = formula is not None and driver.metric in formula.metrics
        if driver.kind == "identity" and not in_formula:
            yield f"{key} has the kind identity and is not in the formula"
        if driver.kind != "identity" and in_formula:
            yield f"{key} has the kind {driver.kind} and is in the formula: its kind is identity"


def _edges(kpis: Sequence[Kpi], identities: dict[str, Formula]) -> list[Edge]:
    edges = [edge for kpi in kpis for edge in _declared(kpi, identities.get(kpi.name))]
    placed = {edge.driver for edge in edges}
    for kpi in kpis:
        # A metric that only names its parent is believed to matter there, without evidence.
        if kpi.parent and kpi.name not in placed and kpi.meta.role in IN_TREE:
            kind: EdgeKind = "guardrail" if kpi.meta.role == "guardrail" else "hypothesis"
            edges.append(Edge(kpi.parent, kpi.name, kind, owner=kpi.meta.owner, is_declared=False))
    return sorted(edges, key=lambda edge: (edge.metric, KINDS.index(edge.kind)))


def _declared(kpi: Kpi, formula: Formula | None) -> Iterator[Edge]:
    """The formula's metrics in its order, then the other drivers in theirs."""
    declared = {driver.metric: driver for driver in kpi.drivers}
    in_formula = formula.metrics if formula else ()
    for name in dict.fromkeys((*in_formula, *declared)):
        driver = declared.get(name)
        if driver is None:
            yield Edge(kpi.name, name, "identity", owner=kpi.meta.owner)
        else:
            yield Edge(
                kpi.name,
                name,
                driver.kind,
                lag_days=driver.lag_days,
                evidence=driver.evidence,
                owner=driver.owner or kpi.meta.owner,
                review_date=driver.review_date,
            )


def _loops(edges: Iterable[Edge]) -> list[list[str]]:
    """Each loop once, from its first name. A guardrail drives nothing, so it closes none."""
    below: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind != "guardrail":
            below.setdefault(edge.metric, []).append(edge.driver)
    done: set[str] = set()
    loops: dict[frozenset[str], list[str]] = {}

    def visit(metric: str, path: list[str]) -> None:
        if metric in path:
            loop = path[path.index(metric) :]
            first = loop.index(min(loop))
            loop = loop[first:] + loop[:first]
            loops.setdefault(frozenset(loop), [*loop, loop[0]])
            return
        if metric not in done:
            for driver in below.get(metric, ()):
                visit(driver, [*path, metric])
            done.add(metric)

    for metric in sorted(below):
        visit(metric, [])
    return list(loops.values())
