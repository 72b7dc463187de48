"""The page for managers: one self-contained HTML file made of a published database."""

from pathlib import Path
from typing import Literal

__all__ = ["write_report"]


def write_report(
    published_db: Path, out_file: Path, *, language: Literal["en", "ja"] = "en"
) -> None:
    """Write the page; see `keiro.report.page.write_report`. Libraries are imported here."""
    from keiro.report.page import write_report as write

    write(published_db, out_file, language=language)
