"""Targets as people write them in `seeds/kpi_targets.csv`, checked before anything is built."""

import csv
import io
import math
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any

from keiro.errors import KeiroError
from keiro.goals.targets import TOLERANCE, Agreement, TargetRow
from keiro.semantic.definitions import Kpi

GRAINS = ("day", "week", "month", "fiscal_quarter", "fiscal_year")
REQUIRED = ("metric", "scope", "grain", "period_start", "target", "effective_from")
Row = dict[str | None, Any]


def check_targets(
    file: Path,
    kpis: list[Kpi],
    *,
    channels: Collection[str] = (),
    tolerance: float = TOLERANCE,
) -> None:
    """Raise a KeiroError that lists what is wrong with the targets in a file, row by row.

    First each row whose metric, grain, date or value is unknown; then targets that do not agree
    with the tree, over channels or over time, with both numbers. It also refuses a file that is not
    UTF-8 (a byte order mark is allowed) or lacks a column.

    Args:
        file: the seed; none is well.
        kpis: the metrics of the project.
        channels: all channels there are, whose targets together make the whole.
        tolerance: by which share two numbers may differ and still agree.

    """
    # The tree reads the definitions, which stand beside this module.
    from keiro.tree.graph import build_tree

    if not file.exists():
        return
    names = {kpi.name for kpi in kpis}
    rows = _rows(file)
    faults = [fault for number, row in rows for fault in _faults(number, row, names)]
    if faults:
        raise KeiroError(
            "targets that cannot be used:\n    " + "\n    ".join(faults),
            where=file.name,
            remedy="correct the rows; the columns are described in models/_seeds.yml",
        )
    agreement = Agreement(
        kpis={kpi.name: kpi for kpi in kpis},
        identities=build_tree(kpis).identities,
        scopes={f"channel={channel}" for channel in channels},
        tolerance=tolerance,
    )
    if faults := agreement.faults([_target(number, row) for number, row in rows]):
        raise KeiroError(
            "targets that do not agree:\n    " + "\n    ".join(faults),
            where=file.name,
            remedy="change one of the numbers, as a new row with its own effective_from where a "
            "target has changed; `keiro plan` proposes targets that agree",
        )


def read_channels(file: Path) -> tuple[str, ...]:
    """All channels of the seed `channels.csv`; none where there is no such file."""
    if not file.exists():
        return ()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(row["channel"] for row in csv.DictReader(lines) if row.get("channel"))


def _target(number: int, row: Row) -> TargetRow:
    return TargetRow(
        line=number,
        metric=row["metric"],
        scope=row["scope"],
        grain=row["grain"],
        period_start=date.fromisoformat(row["period_start"]),
        target=float(row["target"]),
        effective_from=date.fromisoformat(row["effective_from"]),
    )


def _rows(file: Path) -> list[tuple[int, Row]]:
    """The rows below the header and their lines; the header has all columns that are read."""
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
    reader: csv.DictReader[Any] = csv.DictReader(io.StringIO(text, newline=""))
    header = list(reader.fieldnames or ())
    if missing := [column for column in REQUIRED if column not in header]:
        raise KeiroError(
            f"row 1: there is no column {', '.join(missing)} (got {', '.join(header) or 'none'})",
            where=file.name,
            remedy="give the header these columns; they are described in models/_seeds.yml",
        )
    return [(reader.line_num, row) for row in reader]


def _faults(number: int, row: Row, names: set[str]) -> list[str]:
    cells = {column: row[column] or "" for column in REQUIRED}
    faults = []
    if None in row:
        faults.append(f"row {number}: it has more cells than the header: {row[None][0]!r}")
    if cells["metric"] not in names:
        faults.append(f"row {number}: there is no metric {cells['metric']!r}")
    if not cells["scope"]:
        faults.append(f"row {number}: scope '' is empty; a target of the whole is for 'all'")
    if cells["grain"] not in GRAINS:
        faults.append(f"row {number}: grain {cells['grain']!r} is none of {', '.join(GRAINS)}")
    converters: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("period_start", date.fromisoformat),
        ("target", _finite),
        ("effective_from", date.fromisoformat),
    )
    for column, convert in converters:
        try:
            convert(cells[column])
        except ValueError:
            faults.append(f"row {number}: {column} {cells[column]!r} cannot be read")
    return faults


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
