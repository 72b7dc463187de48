"""What the commands share: options, settings, progress."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keiro.errors import ExitCode, KeiroError

if TYPE_CHECKING:
    from keiro.settings import Settings


class Tongue(StrEnum):
    """Languages of what is shown."""

    en = "en"
    ja = "ja"


ProjectDir = Annotated[
    Path, typer.Option("--project-dir", help="The project's folder, with its dbt_project.yml.")
]
Language = Annotated[
    Tongue | None, typer.Option("--language", "--lang", help="Language of what is shown.")
]


def read_settings(project_dir: Path, language: Tongue | None, **overrides: Any) -> "Settings":
    """The settings of a project, with a command's options on top."""
    from keiro.settings import load_settings

    return load_settings(project_dir=project_dir, language=language, **overrides)


def reporting_to_terminal(settings: "Settings") -> Any:
    """A context that reports progress on standard error, where that is a terminal."""
    from rich.console import Console

    from keiro.console import reporting

    return reporting(Console(stderr=True), settings.language)


def read_day(text: str, option: str) -> date:
    """A day that a command was given. Raises KeiroError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise KeiroError(
            f"{text!r} is no day",
            where=option,
            remedy="write it as YYYY-MM-DD",
            exit_code=ExitCode.USAGE,
        ) from error
