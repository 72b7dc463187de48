"""The commands about what was published before: `keiro as-of` and `keiro bridge`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keiro.cli_options import (
    Language,
    ProjectDir,
    read_day,
    read_settings,
    reporting_to_terminal,
)

if TYPE_CHECKING:
    from datetime import date

    from keiro.settings import Settings

Day = Annotated[str, typer.Argument(metavar="DATE", help="The day (YYYY-MM-DD), or today.")]


def as_of(
    day: Day,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Show the KPIs as they were known on a day, beside what is known of the same periods now."""
    from keiro.ledger.history import read_known

    settings = read_settings(project_dir, language)
    chosen = _chosen(day, settings)
    known = read_known(settings.path(settings.published_dir), chosen, settings.timezone)
    if as_json:
        import json

        typer.echo(json.dumps(known.as_json(), ensure_ascii=False, indent=2))
        return
    from keiro.console import terminal
    from keiro.ledger.words import known_table

    terminal().print(known_table(known, settings.language))


def bridge(  # noqa: PLR0913, PLR0917  a command's options
    day: Day,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    grain: Annotated[str, typer.Option(help="Periods: month, fiscal_year, …")] = "month",
    scope: Annotated[str, typer.Option(help="all, or channel=<channel>.")] = "all",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Explain what became of the values that were final on a day: late data, deletions, definition,
    correction. The KPIs are computed again up to three times, which takes as many builds.
    """
    from keiro.ledger.bridge import bridged

    settings = read_settings(project_dir, language)
    chosen = _chosen(day, settings)
    with reporting_to_terminal(settings) as reporter:
        found = bridged(settings, chosen, (metric, grain, scope), reporter)
    if as_json:
        import json

        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    from keiro.console import terminal
    from keiro.ledger.words import bridge_table, say

    if found.rows:
        terminal().print(bridge_table(found, settings.language))
    else:
        typer.echo(say(settings.language, "unchanged", day=chosen))
    if found.gone:
        typer.echo(say(settings.language, "gone", n=found.gone))


def _chosen(day: str, settings: "Settings") -> "date":
    """The day that was asked for, in the business time zone."""
    from datetime import datetime

    if day == "today":
        return datetime.now(settings.timezone).date()
    return read_day(day, "DATE")
