"""Initiatives as people write them in `seeds/initiatives.csv`, checked before anything is built."""

import csv
import io
import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from keiro.errors import KeiroError
from keiro.semantic.definitions import Kpi

DESIGNS = ("randomised", "difference_in_differences", "interrupted_series", "before_after")
DECISIONS = ("adopt", "adapt", "abandon")
# Each value with how it is read; a column of `OPTIONAL` may be blank.
COLUMNS: dict[str, Callable[[str], Any]] = {
    "initiative_id": str,
    "name_en": str,
    "name_ja": str,
    "owner": str,
    "metric": str,
    "scope": str,
    "design": str,
    "control_metric": str,
    "control_scope": str,
    "start_date": date.fromisoformat,
    "end_date": date.fromisoformat,
    "lag_days": int,
    "expected_effect": float,
    "guardrail_metric": str,
    "review_due_date": date.fromisoformat,
    "reviewed_date": date.fromisoformat,
    "decision": str,
    "linked_change": str,
}
OPTIONAL = frozenset(
    [
        "control_metric",
        "control_scope",
        "guardrail_metric",
        "reviewed_date",
        "decision",
        "linked_change",
    ]
)
# Three whole weeks lie in every 27 days; a randomised comparison counts days.
SHORTEST = {"randomised": 10}
SHORTEST_IN_WEEKS = 27
Row = dict[str, Any]


def check_initiatives(file: Path, kpis: Sequence[Kpi]) -> None:
    """Raise a KeiroError that lists each row whose plan cannot be carried out or judged.

    It also refuses a file that is not UTF-8 (a byte order mark is allowed) or lacks a column.
    """
    if not file.exists():
        return
    by_name = {kpi.name: kpi for kpi in kpis}
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in _rows(file):
        row, unread = _read(cells)
        found = unread or [*_faults(row, by_name)]
        first = seen.setdefault(cells["initiative_id"] or "", number)
        if first != number:
            found.append(f"initiative_id {cells['initiative_id']!r} is that of row {first} too")
        faults += [f"row {number}: {fault}" for fault in found]
    if faults:
        raise KeiroError(
            "initiatives that cannot be used:\n    " + "\n    ".join(faults),
            where=file.name,
            remedy="correct the rows; docs/initiatives.md says what each column means",
        )


def _rows(file: Path) -> list[tuple[int, dict[str, str | None]]]:
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise KeiroError(
            f"row {row}: the byte {content[error.start]:#04x} is not UTF-8",
            where=file.name,
            remedy="save the file as UTF-8 (in Excel: CSV UTF-8)",
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = list(reader.fieldnames or ())
    if missing := [column for column in COLUMNS if column not in header]:
        raise KeiroError(
            f"row 1: there is no column {', '.join(missing)} (got {', '.join(header) or 'none'})",
            where=file.name,
            remedy="give the header these columns; docs/initiatives.md says what each means",
        )
    return [(reader.line_num, row) for row in reader]


def _read(cells: dict[str, str | None]) -> tuple[Row, list[str]]:
    """The row's values, and what of it cannot be read."""
    row: Row = {}
    faults = []
    for column, convert in COLUMNS.items():
        text = (cells[column] or "").strip()
        try:
            row[column] = convert(text) if text else None
        except ValueError:
            faults.append(f"{column} {text!r} cannot be read")
            continue
        if not text and column not in OPTIONAL:
            faults.append(f"{column} '' is empty")
    if None in cells:
        faults.append("it has more cells than the header")
    return row, faults


def _faults(row: Row, kpis: dict[str, Kpi]) -> list[str]:
    return [*_metric_faults(row, kpis), *_design_faults(row), *_date_faults(row)]


def _metric_faults(row: Row, kpis: dict[str, Kpi]) -> list[str]:
    faults = []
    for column in ("metric", "control_metric", "guardrail_metric"):
        name = row[column]
        if name is None:
            continue
        if name not in kpis:
            faults.append(f"there is no metric {name!r} ({column})")
        elif not is_measurable(kpis[name]):
            faults.append(
                f"{column} {name!r} is a {kpis[name].kind} that no counts stand behind; name a "
                "count, an amount, or a quotient of two of them"
            )
    effect, kpi = row["expected_effect"], kpis.get(row["metric"])
    if not math.isfinite(effect) or effect == 0 or effect <= -1:
        faults.append(f"expected_effect {effect!r} is no relative change; 0.15 is 15 % more")
    elif kpi is not None and (effect > 0) != (kpi.meta.direction == "up"):
        better = "more" if kpi.meta.direction == "up" else "less"
        faults.append(
            f"expected_effect {effect!r} would make {kpi.name!r} worse: of it {better} is better"
        )
    return faults


def is_measurable(kpi: Kpi) -> bool:
    """Whether there are counts or amounts by period from which an effect can be estimated."""
    return kpi.is_quotient or kpi.kind in ("count", "amount")


def _design_faults(row: Row) -> list[str]:
    faults = []
    design = row["design"]
    if design not in DESIGNS:
        return [f"design {design!r} is none of {', '.join(DESIGNS)}"]
    control = row["control_metric"], row["control_scope"]
    if design != "before_after" and control == (None, None):
        faults.append(f"design {design!r} needs a control_scope or a control_metric")
    if design in DESIGNS[:2] and row["control_metric"] is not None:
        faults.append(
            f"control_metric {row['control_metric']!r}: design {design!r} compares the same metric "
            "in two scopes; leave it blank or choose interrupted_series"
        )
    if (row["control_metric"] or row["metric"]) == row["metric"] and (
        row["control_scope"] == row["scope"]
    ):
        faults.append(f"control_scope {row['control_scope']!r} is the treated one")
    if row["decision"] is not None and row["decision"] not in DECISIONS:
        faults.append(f"decision {row['decision']!r} is none of {', '.join(DECISIONS)}")
    return faults


def _date_faults(row: Row) -> list[str]:
    faults = []
    start, end, lag = row["start_date"], row["end_date"], row["lag_days"]
    shortest = SHORTEST.get(row["design"], SHORTEST_IN_WEEKS)
    if lag < 0:
        faults.append(f"lag_days {lag} is below 0")
    if (end - start).days + 1 < shortest:
        faults.append(
            f"end_date '{end}' is {(end - start).days + 1} days from the start; "
            f"design {row['design']!r} needs {shortest}"
        )
    if row["review_due_date"] < end + timedelta(days=max(lag, 0)):
        faults.append(
            f"review_due_date '{row['review_due_date']}' is before the effect has had its "
            f"{lag} days of lag after the end"
        )
    if (row["decision"] is None) != (row["reviewed_date"] is None):
        given = "reviewed_date" if row["decision"] is None else "decision"
        lacking = "decision" if row["decision"] is None else "reviewed_date"
        faults.append(f"{given} '{row[given]}' has no {lacking}; a review has both")
    elif row["reviewed_date"] is not None and row["reviewed_date"] < start:
        faults.append(f"reviewed_date '{row['reviewed_date']}' is before the start")
    return faults
