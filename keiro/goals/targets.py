"""Whether targets agree: with the formulas of the tree, over scopes, and over time.

What holds of the values must hold of the targets that are in force on the same day: a parent's
formula on its children's targets, channels beside the whole, months beside their quarter and year.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from keiro.tree.formula import Formula

if TYPE_CHECKING:
    from keiro.semantic.definitions import Kpi

# Targets are round numbers: 0.67 stands for anything within 0.7 % of it.
TOLERANCE = 0.01
# Which periods another one is made of, and how many months each has.
MONTHS = {"month": 1, "fiscal_quarter": 3, "fiscal_year": 12}
WHOLE = "all"


@dataclass(frozen=True)
class TargetRow:
    """A target as it stands in the file; `line` is its line there."""

    line: int
    metric: str
    scope: str
    grain: str
    period_start: date
    target: float
    effective_from: date


@dataclass(frozen=True)
class Agreement:
    """What targets are held against: metrics, identities by metric, all channels' scopes."""

    kpis: "Mapping[str, Kpi]"
    identities: Mapping[str, Formula]
    scopes: Collection[str]
    tolerance: float = TOLERANCE

    def faults(self, rows: Sequence[TargetRow]) -> list[str]:
        """Each disagreement once, with both numbers and their lines, as of each day of a change."""
        found: dict[str, None] = {}
        for day in sorted({row.effective_from for row in rows}):
            held = _in_force(rows, day)
            for fault in (*self._of_tree(held), *self._of_scopes(held), *self._of_time(held)):
                found.setdefault(fault)
        return list(found)

    def _of_tree(self, held: "Held") -> Iterator[str]:
        """The formula on the children's targets gives the parent's."""
        for row in held.values():
            formula = self.identities.get(row.metric)
            if formula is None:
                continue
            parts = [held.get(_key(row, metric=name)) for name in formula.metrics]
            known = [part for part in parts if part is not None]
            if len(known) < len(parts) or not known:
                continue
            try:
                given = float(formula.evaluate({part.metric: part.target for part in known}))
            except ZeroDivisionError:
                continue
            if not self._agree(row.target, given):
                yield _said(row, known, f"{formula.text} gives {given:,.10g}")

    def _of_scopes(self, held: "Held") -> Iterator[str]:
        """Channels sum to the whole, or stay below it while some have no target."""
        for row in held.values():
            if row.scope != WHOLE:
                continue
            parts = [part for scope in sorted(self.scopes) if (part := held.get(_key(row, scope)))]
            if not parts:
                continue
            is_complete = len(parts) == len(set(self.scopes))
            yield from self._rolled_up(row, parts, held, "the channels", is_complete)

    def _of_time(self, held: "Held") -> Iterator[str]:
        """Months sum to their quarter and year, quarters to their year, where all are there."""
        for row in held.values():
            if self.kpis[row.metric].kind == "stock" or row.grain not in MONTHS:
                continue
            for grain in ("month", "fiscal_quarter"):
                count = MONTHS[row.grain] // MONTHS[grain]
                if count < 2:
                    continue
                starts = [_months_later(row.period_start, n * MONTHS[grain]) for n in range(count)]
                parts = [
                    part
                    for start in starts
                    if (part := held.get((row.metric, row.scope, grain, start)))
                ]
                if len(parts) == count:
                    yield from self._rolled_up(row, parts, held, f"its {grain}s", True)

    def _rolled_up(
        self, row: TargetRow, parts: list[TargetRow], held: "Held", of_what: str, is_complete: bool
    ) -> Iterator[str]:
        kpi = self.kpis[row.metric]
        if kpi.kind in ("count", "amount", "stock"):
            total = sum(part.target for part in parts)
            if is_complete and not self._agree(row.target, total):
                yield _said(row, parts, f"{of_what} sum to {total:,.10g}")
            elif not is_complete and total > row.target * (1 + self.tolerance):
                yield _said(row, parts, f"{of_what} that have a target sum to {total:,.10g}")
            return
        if not is_complete or not kpi.is_quotient or kpi.denominator is None:
            return
        # A ratio of the whole weighs its parts by their denominators; a plain mean would be wrong.
        weights = [held.get(_key(part, metric=kpi.denominator)) for part in parts]
        known = [weight.target for weight in weights if weight is not None]
        if len(known) < len(parts) or sum(known) <= 0:
            return
        mean = sum(p.target * w for p, w in zip(parts, known, strict=True)) / sum(known)
        if not self._agree(row.target, mean):
            yield _said(row, parts, f"{of_what}, weighed by {kpi.denominator}, give {mean:,.10g}")

    def _agree(self, one: float, other: float) -> bool:
        return abs(one - other) <= self.tolerance * max(abs(one), abs(other))


Held = dict[tuple[str, str, str, date], TargetRow]


def _in_force(rows: Sequence[TargetRow], day: date) -> Held:
    """The newest row of each metric, scope and period that counts on a day."""
    held: Held = {}
    for row in sorted(rows, key=lambda row: row.effective_from):
        if row.effective_from <= day:
            held[_key(row)] = row
    return held


def _key(
    row: TargetRow, scope: str | None = None, metric: str | None = None
) -> tuple[str, str, str, date]:
    return (metric or row.metric, scope or row.scope, row.grain, row.period_start)


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _said(row: TargetRow, parts: Sequence[TargetRow], what: str) -> str:
    lines = ", ".join(str(part.line) for part in parts)
    since = max(part.effective_from for part in (row, *parts))
    return (
        f"row {row.line}: {row.metric} ({row.scope}, {row.grain} of {row.period_start}) is "
        f"{row.target:,.10g}, but {what} (rows {lines}, as of {since})"
    )
