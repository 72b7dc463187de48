"""The commands about the tree: how the KPIs hang together, and why one of them changed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from keiro.cli_options import Language, ProjectDir, read_settings

WIDTH_OF_A_FILE = 240


class PeriodGrain(StrEnum):
    """Grains whose periods are compared."""

    month = "month"
    fiscal_quarter = "fiscal_quarter"
    fiscal_year = "fiscal_year"


class ShownGrain(StrEnum):
    """Grains of the values that the tree shows."""

    day = "day"
    week = "week"
    month = "month"
    fiscal_quarter = "fiscal_quarter"
    fiscal_year = "fiscal_year"


Scope = Annotated[str, typer.Option(help="all, or channel=<channel>.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]


def tree(
    grain: Annotated[
        ShownGrain | None,
        typer.Option(help="Grain of the values; default: that of the KGI's target."),
    ] = None,
    scope: Scope = "all",
    as_json: AsJson = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Show the KPI tree with values, status, trust, and whether its identities hold."""
    from rich.console import Console

    from keiro.console import terminal
    from keiro.tree.reading import read_standing
    from keiro.tree.show import as_json as standing_as_json
    from keiro.tree.show import heading, tree_lines

    settings = read_settings(project_dir, language)
    published = settings.path(settings.published_dir)
    standing = read_standing(published, grain.value if grain else None, scope)
    if as_json:
        _echo_json(standing_as_json(standing))
        return
    typer.echo(heading(standing, settings.language))
    console = terminal()
    # In a log or a file a line need not fit a window.
    wide = console if console.is_terminal else Console(width=WIDTH_OF_A_FILE)
    wide.print(tree_lines(standing, settings.language))


def explain(  # noqa: PLR0913, PLR0917  a command's options
    metric: Annotated[
        str, typer.Argument(help="Name of the metric, as `keiro tree --json` has it.")
    ],
    to: Annotated[str, typer.Option(help="Month in which the period begins, as 2026-05.")],
    from_: Annotated[
        str | None,
        typer.Option("--from", help="The same of the period before; without it: the target."),
    ] = None,
    grain: Annotated[PeriodGrain, typer.Option(help="Length of the periods.")] = PeriodGrain.month,
    scope: Scope = "all",
    as_json: AsJson = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Say what a metric's change between two periods consists of, and how sure that is."""
    from keiro.tree.explaining import Question, parse_period
    from keiro.tree.explaining import explain as explain_change
    from keiro.tree.sentences import as_json as explanation_as_json
    from keiro.tree.sentences import sentences

    settings = read_settings(project_dir, language)
    question = Question(
        metric=metric,
        grain=grain.value,
        scope=scope,
        before=parse_period(from_, "--from") if from_ else None,
        after=parse_period(to, "--to"),
    )
    explanation = explain_change(settings.path(settings.published_dir), question)
    if as_json:
        _echo_json(explanation_as_json(explanation))
        return
    year_begins = int(settings.dbt_vars.get("fiscal_year_start_month", 1))
    for sentence in sentences(explanation, settings.language, year_begins=year_begins):
        typer.echo(sentence)


def _echo_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
