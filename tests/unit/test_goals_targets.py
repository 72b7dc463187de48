"""Targets that agree, and each way in which they do not, by numbers counted by hand."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from keiro.goals.targets import Agreement, TargetRow
from keiro.tree.formula import parse_formula

KINDS = {
    "revenue": "amount",
    "deals": "count",
    "value": "ratio",
    "leads": "count",
    "mqls": "count",
    "share": "rate",
    "pipeline": "stock",
}
CHANNELS = ("channel=email", "channel=paid")


def _kpi(name: str) -> Any:
    is_quotient = name in ("value", "share")
    parts = {"value": ("revenue", "deals"), "share": ("mqls", "leads")}.get(name, (None, None))
    return SimpleNamespace(
        kind=KINDS[name], is_quotient=is_quotient, numerator=parts[0], denominator=parts[1]
    )


AGREEMENT = Agreement(
    kpis={name: _kpi(name) for name in KINDS},
    identities={
        "revenue": parse_formula("deals * value"),
        "share": parse_formula("mqls / leads"),
    },
    scopes=CHANNELS,
)


def _rows(*cells: tuple[Any, ...]) -> list[TargetRow]:
    """Of each: metric, target, and what differs from a fiscal year 2026 of the whole."""
    rows = []
    for line, (metric, target, *rest) in enumerate(cells, start=2):
        row = {
            "scope": "all",
            "grain": "fiscal_year",
            "period_start": date(2026, 4, 1),
            "effective_from": date(2026, 4, 1),
        } | (rest[0] if rest else {})
        rows.append(TargetRow(line=line, metric=metric, target=target, **row))
    return rows


def _month(number: int) -> dict[str, Any]:
    year, month = divmod(number - 1, 12)
    return {"grain": "month", "period_start": date(2026 + year, month + 1, 1)}


AGREEING = {
    "product": [("revenue", 264e6), ("deals", 120), ("value", 2.2e6)],
    "rounded within the tolerance": [("share", 0.46), ("mqls", 1300), ("leads", 2800)],
    "a part without a target": [("revenue", 264e6), ("deals", 1)],
    "channels": [
        ("leads", 100),
        ("leads", 30, {"scope": "channel=email"}),
        ("leads", 70, {"scope": "channel=paid"}),
    ],
    "one channel below the whole": [("leads", 100), ("leads", 30, {"scope": "channel=email"})],
    "months": [("leads", 78), *(("leads", number, _month(number + 3)) for number in range(1, 13))],
    "months of a stock": [
        ("pipeline", 5, {"grain": "fiscal_quarter"}),
        *(("pipeline", 5, _month(number)) for number in (4, 5, 6)),
    ],
    # 10 % of 100 and 40 % of 300 are 130 of 400; the plain mean would be 25 %.
    "a ratio by its denominators": [
        ("share", 0.325),
        ("share", 0.1, {"scope": "channel=email"}),
        ("share", 0.4, {"scope": "channel=paid"}),
        ("leads", 400),
        ("leads", 100, {"scope": "channel=email"}),
        ("leads", 300, {"scope": "channel=paid"}),
    ],
    "changed together": [
        *(("revenue", 100.0), ("deals", 10), ("value", 10)),
        *(
            (m, t, {"effective_from": date(2026, 7, 1)})
            for m, t in (("revenue", 150), ("deals", 15))
        ),
    ],
}
DISAGREEING = {
    "product": (
        [("revenue", 264e6), ("deals", 100), ("value", 2.2e6)],
        ["row 2: revenue", "is 264,000,000", "deals * value gives 220,000,000", "rows 3, 4"],
    ),
    "channels": (
        [
            ("leads", 100),
            ("leads", 30, {"scope": "channel=email"}),
            ("leads", 60, {"scope": "channel=paid"}),
        ],
        ["leads (all,", "is 100", "the channels sum to 90", "rows 3, 4"],
    ),
    "one channel above the whole": (
        [("leads", 100), ("leads", 130, {"scope": "channel=email"})],
        ["is 100", "that have a target sum to 130"],
    ),
    "months of a quarter": (
        [
            ("leads", 50, {"grain": "fiscal_quarter"}),
            *(("leads", 20, _month(number)) for number in (4, 5, 6)),
        ],
        ["is 50", "its months sum to 60", "rows 3, 4, 5"],
    ),
    "a ratio as an average": (
        [
            ("share", 0.25),
            ("share", 0.1, {"scope": "channel=email"}),
            ("share", 0.4, {"scope": "channel=paid"}),
            ("leads", 400),
            ("leads", 100, {"scope": "channel=email"}),
            ("leads", 300, {"scope": "channel=paid"}),
        ],
        ["is 0.25", "weighed by leads, give 0.325"],
    ),
    "changed alone": (
        [
            *(("revenue", 100.0), ("deals", 10), ("value", 10)),
            ("revenue", 150, {"effective_from": date(2026, 7, 1)}),
        ],
        ["row 5: revenue", "is 150", "gives 100", "as of 2026-07-01"],
    ),
}


@pytest.mark.parametrize("case", AGREEING)
def test_targets_that_agree_are_let_through(case: str) -> None:
    assert AGREEMENT.faults(_rows(*AGREEING[case])) == []


@pytest.mark.parametrize("case", DISAGREEING)
def test_targets_that_do_not_are_named_with_both_numbers(case: str) -> None:
    cells, said = DISAGREEING[case]
    (fault,) = AGREEMENT.faults(_rows(*cells))
    assert [words for words in said if words not in fault] == []
