"""Tables of loaded files and of the quarantine."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from keiro.console import word
from keiro.report.formats import NO_VALUE
from keiro.report.labels import Lang, text

STYLES = {"refused": "red", "held": "yellow"}
_COUNTS = ("rows_in", "rows_loaded", "rows_unchanged", "rows_quarantined", "rows_deleted")


def load_table(rows: list[dict[str, Any]], language: Lang) -> Table:
    """One line for each delivery; under a file that needs a person, its message."""
    table = Table(title=word(language, "loads"), title_justify="left")
    table.add_column(word(language, "loaded_at"), no_wrap=True)
    table.add_column(word(language, "file"), overflow="fold")
    table.add_column(text(language, "status"), no_wrap=True)
    for key in _COUNTS:
        table.add_column(text(language, key), justify="right", no_wrap=True)
    for row in rows:
        note = f"\n{row['message']}" if row["message"] and row["status"] in STYLES else ""
        table.add_row(
            f"{row['loaded_at']:%Y-%m-%d %H:%M}",
            escape(f"{row['file_name']} ({row['object']}){note}"),
            word(language, f"load_{row['status']}"),
            *(f"{row[key] or 0:,}" for key in _COUNTS),
            style=STYLES.get(row["status"], ""),
        )
    return table


def quarantine_table(rows: list[dict[str, Any]], language: Lang) -> Table:
    """One line for each file and reason."""
    table = Table(title=text(language, "quarantine"), title_justify="left")
    table.add_column(word(language, "file"), overflow="fold")
    table.add_column(word(language, "reason"), no_wrap=True)
    table.add_column(word(language, "column"), overflow="fold")
    table.add_column(text(language, "rows"), justify="right", no_wrap=True)
    table.add_column(word(language, "first_rows"), overflow="fold")
    for row in rows:
        table.add_row(
            escape(f"{row['file_name']} ({row['object']})"),
            row["reason"],
            escape(row["column_name"] or NO_VALUE),
            f"{row['rows']:,}",
            row["first_rows"],
        )
    return table
