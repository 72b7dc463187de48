"""Initiatives on the page: the four steps of each one's cycle."""

from dataclasses import dataclass

from keiro.initiatives.words import review_cells
from keiro.report.voice import Voice


@dataclass(frozen=True)
class Step:
    """An initiative in words; each field is a list of lines."""

    name: list[str]
    plan: list[str]
    done: list[str]
    checked: list[str]
    act: list[str]
    is_overdue: bool


def build_initiatives(voice: Voice) -> list[Step]:
    """All initiatives, what is overdue first."""
    steps = []
    for row in voice.facts.initiatives:
        name, plan, done, checked, act = (
            cell.splitlines() for cell in review_cells(row, voice.lang)
        )
        steps.append(Step(name, plan, done, checked, act, is_overdue=bool(row["is_overdue"])))
    return steps
