"""The command about initiatives: `keiro review`."""

from pathlib import Path
from typing import Annotated

import typer

from keiro.cli_options import Language, ProjectDir, read_settings


def review(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Show the initiatives: plan, done, checked, act, and what is overdue."""
    from keiro.initiatives.review import read_review

    settings = read_settings(project_dir, language)
    found = read_review(settings.path(settings.published_dir))
    if as_json:
        import json

        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        return
    from keiro.console import terminal
    from keiro.initiatives.words import review_table, say

    if not found.initiatives:
        typer.echo(say(settings.language, "none"))
        return
    terminal().print(review_table(found, settings.language))
    if found.overdue:
        names = ", ".join(found.overdue)
        typer.echo(say(settings.language, "some_overdue", n=len(found.overdue), names=names))
