"""The command that writes the exports of an invented company."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from keiro.cli_options import Language, ProjectDir, read_day, read_settings, reporting_to_terminal


class Incidents(StrEnum):
    """What goes wrong in the demo's data."""

    default = "default"
    none = "none"


class DemoCompany(StrEnum):
    """Whose exports the demo writes."""

    software = "software"
    shop = "shop"


def demo(  # noqa: PLR0913, PLR0917  a command's options
    out: Annotated[Path | None, typer.Option(help="Where to; default: the exports folder.")] = None,
    scale: Annotated[float, typer.Option(help="Size of the company.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another history.")] = 0,
    start: Annotated[str, typer.Option(help="First day.")] = "2024-10-01",
    end: Annotated[str, typer.Option(help="Last day.")] = "2026-09-30",
    incidents: Annotated[
        Incidents, typer.Option(help="Whether things go wrong in its data.")
    ] = Incidents.default,
    company: Annotated[
        DemoCompany, typer.Option(help="A software company, or an online shop.")
    ] = DemoCompany.software,
    nurture: Annotated[
        bool, typer.Option("--nurture", help="Let nurture scenarios mail the software's leads.")
    ] = False,
    outbound: Annotated[
        bool, typer.Option("--outbound", help="Let sales find people without marketing too.")
    ] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Write two years of exports of an invented company, to try Keiro with."""
    from keiro.demo import write_demo, write_shop

    settings = read_settings(project_dir, language)
    folder = out or settings.local_exports
    write = partial(
        write_demo, incidents=incidents is Incidents.default, nurture=nurture, outbound=outbound
    )
    with reporting_to_terminal(settings) as reporter:
        reporter.begin("demo")
        summary = (write_shop if company is DemoCompany.shop else write)(
            folder,
            start=read_day(start, "--start"),
            end=read_day(end, "--end"),
            scale=scale,
            seed=seed,
            progress=lambda what, share: reporter.advance(round(100 * share), 100, what),
        )
    typer.echo(f"{folder}: {len(summary.files)} files, {sum(summary.rows.values())} rows")
