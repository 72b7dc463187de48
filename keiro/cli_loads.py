"""The commands about loaded files: what came in, what was put aside, and loading once more."""

from pathlib import Path
from typing import Annotated

import typer

from keiro.cli_options import Language, ProjectDir, read_settings

SourceOption = Annotated[str | None, typer.Option("--source", help="Only this source.")]
FilePattern = Annotated[
    str | None, typer.Option("--file", help="Only files of this name; * stands for any text.")
]
FileName = Annotated[
    str, typer.Argument(metavar="FILE", help="The file, as `keiro loads` names it.")
]


def loads(  # noqa: PLR0913, PLR0917  a command's options
    source: SourceOption = None,
    status: Annotated[
        str | None, typer.Option(help="loaded, duplicate_delivery, refused or held.")
    ] = None,
    file: FilePattern = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """List the loaded files, newest first: rows in = loaded + unchanged + quarantined."""
    from keiro.console import terminal
    from keiro.console_loads import load_table
    from keiro.deliveries import Chosen, read_loads

    settings = read_settings(project_dir, language)
    rows = read_loads(settings, Chosen(source, file), status=status, limit=limit)
    if as_json:
        _echo_json(rows)
    else:
        terminal().print(load_table(rows, settings.language))


def quarantine(  # noqa: PLR0913, PLR0917  a command's options
    source: SourceOption = None,
    file: FilePattern = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the rows themselves to this CSV file; they may be personal."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """List what was put aside, by file and reason; no value of a row is shown."""
    from keiro.console import terminal, word
    from keiro.console_loads import quarantine_table
    from keiro.deliveries import Chosen, read_quarantine, write_quarantined_rows

    settings = read_settings(project_dir, language)
    chosen = Chosen(source, file)
    if out is not None:
        count = write_quarantined_rows(settings, chosen, out)
        typer.echo(word(settings.language, "rows_written", n=count, file=out))
        return
    rows = read_quarantine(settings, chosen)
    if as_json:
        _echo_json(rows)
    else:
        terminal().print(quarantine_table(rows, settings.language))


def reload(file: FileName, project_dir: ProjectDir = Path(), language: Language = None) -> None:
    """Load a file anew, after it or its declaration was mended; then `keiro run`."""
    from keiro.console import word
    from keiro.deliveries import load_again
    from keiro.errors import KeiroError

    settings = read_settings(project_dir, language)
    results = load_again(settings, file)
    for result in results:
        typer.echo(
            f"{result.file_name} ({result.source}.{result.object}): {result.status}, "
            + word(
                settings.language,
                "accounting",
                rows_in=result.rows_in,
                loaded=result.rows_loaded,
                unchanged=result.rows_unchanged,
                quarantined=result.rows_quarantined,
            )
        )
    if refused := [result for result in results if result.status not in ("loaded", "known")]:
        raise KeiroError(
            "not loaded: " + "; ".join(str(result.message) for result in refused),
            remedy="mend what the message names, and reload again",
        )
    typer.echo(word(settings.language, "then_run"))


def accept(file: FileName, project_dir: ProjectDir = Path(), language: Language = None) -> None:
    """Accept a file that is held back because it lost many rows; then `keiro run`."""
    from keiro.console import word
    from keiro.deliveries import let_in

    settings = read_settings(project_dir, language)
    let_in(settings, file)
    typer.echo(word(settings.language, "accepted", file=file))
    typer.echo(word(settings.language, "then_run"))


def _echo_json(rows: list[dict[str, object]]) -> None:
    import json

    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
