"""The commands about goals: a plan for a target, and how right past forecasts would have been."""

import csv
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keiro.cli_options import Language, ProjectDir, read_settings
from keiro.errors import ExitCode, KeiroError

if TYPE_CHECKING:
    from keiro.goals.plan import Plan

TARGET_COLUMNS = (
    "metric",
    "scope",
    "grain",
    "period_start",
    "target",
    "owner",
    "baseline",
    "baseline_source",
    "due_date",
    "effective_from",
)


class TargetGrain(StrEnum):
    """Grains of periods that have a plan."""

    month = "month"
    fiscal_quarter = "fiscal_quarter"
    fiscal_year = "fiscal_year"


AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]


def plan(  # noqa: PLR0913, PLR0917  a command's options
    metric: Annotated[str | None, typer.Option(help="Whose target; default: the KGI.")] = None,
    target: Annotated[
        float | None, typer.Option(help="Value to reach; default: the target in force.")
    ] = None,
    grain: Annotated[TargetGrain | None, typer.Option(help="Length of the period.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Month in which the period begins, as 2026-04.")
    ] = None,
    scope: Annotated[str, typer.Option(help="all, or channel=<channel>.")] = "all",
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help="Write the targets as rows for seeds/kpi_targets.csv."),
    ] = None,
    as_json: AsJson = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Propose targets that agree with a goal, and say how much has to come in by when."""
    from keiro.console import terminal
    from keiro.goals import wording
    from keiro.goals.plan import make_plan

    settings = read_settings(project_dir, language)
    made = make_plan(
        settings.path(settings.published_dir),
        metric=metric,
        target=target,
        grain=grain.value if grain else None,
        period=_first_day(period) if period else None,
        scope=scope,
    )
    if csv_file is not None:
        _write_targets(csv_file, made)
    if as_json:
        _echo_json(_plain(made))
        return
    lang, console = settings.language, terminal()
    typer.echo(wording.heading(made, lang))
    console.print(wording.proposals_table(made, lang))
    if unknown := wording.unknown_sentence(made, lang):
        typer.echo(unknown)
    if made.needs:
        console.print(wording.needs_table(made, lang))
    for sentence in wording.need_sentences(made, lang):
        typer.echo(sentence)


def backtest(
    metric: Annotated[str, typer.Option(help="Name of a metric, or all.")] = "all",
    as_json: AsJson = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Show how right past forecasts would have been, beside what the run rate would have said."""
    from keiro.console import terminal
    from keiro.goals.scores import read_scores
    from keiro.goals.wording import say, scores_table

    settings = read_settings(project_dir, language)
    rows = read_scores(settings.path(settings.published_dir), metric)
    if as_json:
        _echo_json(rows)
        return
    terminal().print(scores_table(rows, settings.language))
    typer.echo(say(settings.language, "brier_note"))


def _first_day(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == len("2026-04") else text)
    except ValueError as error:
        raise KeiroError(
            f"{text!r} is no month",
            where="--period",
            remedy="write the month in which the period begins, as 2026-04",
            exit_code=ExitCode.USAGE,
        ) from error


def _write_targets(file: Path, made: "Plan") -> None:
    """The proposals in the columns of the seed, in force from the day after the as-of date on."""
    from datetime import timedelta

    goal = made.goal
    since = max(goal.as_of + timedelta(days=1), goal.period_start)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(TARGET_COLUMNS)
        for item in made.proposals:
            writer.writerow(
                [
                    item.metric,
                    goal.scope,
                    goal.grain,
                    goal.period_start,
                    _rounded(item.target),
                    made.kpis[item.metric]["owner"],
                    _rounded(item.baseline),
                    item.baseline_source,
                    goal.period_end,
                    since,
                ]
            )


def _rounded(value: float) -> str:
    """Six digits that mean something, which keeps targets within the tolerance of their check."""
    short = float(f"{value:.6g}")
    return f"{short:.0f}" if short == round(short) else repr(short)


def _plain(made: "Plan") -> dict[str, Any]:
    return {
        "goal": vars(made.goal),
        "targets": [vars(item) for item in made.proposals],
        "without_proposal": made.unknown,
        "inflow": [vars(need) for need in made.needs],
    }


def _echo_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
