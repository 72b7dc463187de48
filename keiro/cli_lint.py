"""The command that judges the design of the KPIs: `keiro lint`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keiro.cli_options import Language, ProjectDir, read_settings
from keiro.errors import ExitCode

if TYPE_CHECKING:
    from keiro.lint.design import Design
    from keiro.lint.judging import Verdict
    from keiro.settings import Settings


class Format(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


class FailOn(StrEnum):
    """From which severity on a finding is a failure."""

    error = "error"
    warning = "warning"
    never = "never"


RuleIds = Annotated[list[str] | None, typer.Option(help="A rule's id, or how ids begin: KPI-S.")]


def lint(  # noqa: PLR0913, PLR0917  a command's options
    select: RuleIds = None,
    ignore: RuleIds = None,
    output: Annotated[
        Format, typer.Option("--format", help="text, or json, sarif, github for machines.")
    ] = Format.text,
    fail_on: Annotated[
        FailOn, typer.Option(help="Severity from which on the exit code is 5.")
    ] = FailOn.error,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Judge the design of the KPIs by rules, on the project and on what is published."""
    from keiro.lint.judging import judge

    settings = read_settings(project_dir, language)
    design = _design(settings)
    verdict = judge(design, select=select or (), ignore=ignore or ())
    _show(verdict, design, output, settings)
    if fail_on is not FailOn.never and verdict.reaches(fail_on.value):
        raise typer.Exit(int(ExitCode.CHECKS_FAILED))


def _design(settings: "Settings") -> "Design":
    """The project as it is now, parsed, and what its last run published, as of that run's day."""
    from datetime import date

    import duckdb

    from keiro.dbt import DbtProject
    from keiro.lint.data import make_data, read_tables
    from keiro.lint.reading import read_design, read_target_rows
    from keiro.publish import current

    publication = current(settings.path(settings.published_dir))
    as_of, data = settings.resolved_as_of, None
    if publication is not None:
        as_of = date.fromisoformat(str(publication.manifest["as_of"]))
        with duckdb.connect(str(publication.database), read_only=True) as con:
            data = make_data(read_tables(con))
    DbtProject(settings, as_of).parse()
    return read_design(
        settings.path(settings.target_dir),
        targets=read_target_rows(settings.project_dir / "seeds" / "kpi_targets.csv"),
        as_of=as_of,
        data=data,
    )


def _show(verdict: "Verdict", design: "Design", output: Format, settings: "Settings") -> None:
    import json

    from keiro.lint.output import as_github, as_json, as_sarif, as_text

    language = settings.language
    if output is Format.json:
        typer.echo(json.dumps(as_json(verdict), ensure_ascii=False, indent=2))
    elif output is Format.sarif:
        typer.echo(json.dumps(as_sarif(verdict, language), ensure_ascii=False, indent=2))
    elif output is Format.github:
        for line in as_github(verdict, language):
            typer.echo(line)
    else:
        labels = {
            name: metric.kpi.meta.label_ja if language == "ja" else metric.kpi.label_en
            for name, metric in design.metrics.items()
        }
        for line in as_text(verdict, labels, language):
            typer.echo(line)
