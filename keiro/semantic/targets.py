"""Targets as people write them in `seeds/kpi_targets.csv`, checked before anything is built."""

import csv
from datetime import date
from pathlib import Path

from keiro.errors import KeiroError
from keiro.semantic.definitions import Kpi

GRAINS = ("day", "week", "month", "fiscal_quarter", "fiscal_year")


def check_targets(file: Path, kpis: list[Kpi]) -> None:
    """Raise a KeiroError that lists each row whose metric, grain, date or value is unknown."""
    if not file.exists():
        return
    names = {kpi.name for kpi in kpis}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    faults = [
        fault for number, row in enumerate(rows, start=2) for fault in _faults(number, row, names)
    ]
    if faults:
        raise KeiroError(
            "targets that cannot be used:\n    " + "\n    ".join(faults),
            where=file.name,
            remedy="correct the rows; the columns are described in seeds/_seeds.yml",
        )


def _faults(number: int, row: dict[str, str], names: set[str]) -> list[str]:
    faults = []
    if row["metric"] not in names:
        faults.append(f"row {number}: there is no metric {row['metric']!r}")
    if row["grain"] not in GRAINS:
        faults.append(f"row {number}: grain {row['grain']!r} is none of {', '.join(GRAINS)}")
    for column, convert in (("period_start", date.fromisoformat), ("target", float)):
        try:
            convert(row[column])
        except ValueError:
            faults.append(f"row {number}: {column} {row[column]!r} cannot be read")
    return faults
