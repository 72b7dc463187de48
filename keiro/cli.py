"""The command line. Nothing heavy is imported before a command needs it."""

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from keiro import (
    __version__,
    cli_demo,
    cli_goals,
    cli_ledger,
    cli_lint,
    cli_loads,
    cli_review,
    cli_tree,
)
from keiro.cli_options import Language, ProjectDir, read_settings, reporting_to_terminal
from keiro.errors import KeiroError

if TYPE_CHECKING:
    from keiro.progress import Reporter
    from keiro.run import RunResult
    from keiro.settings import Settings

EXIT_CODES = (
    "Exit codes: 0 well, 2 wrong usage, 3 bad input, 4 the build failed, "
    "5 a critical check failed, 6 a check could not be computed, 7 another run is going on."
)


class Guarded(TyperGroup):
    """Turns an error that a person can mend into its message, remedy and exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; `--debug` lets every traceback through."""
        try:
            return super().invoke(ctx)
        except KeiroError as error:
            if ctx.params.get("debug"):
                raise
            typer.echo(f"keiro: {error}", err=True)
            raise typer.Exit(int(error.exit_code)) from error
        except Exception as error:
            # The command line's own exceptions, as of wrong usage, know their exit code.
            known = hasattr(error, "exit_code") or isinstance(error, typer.Abort)
            if known or ctx.params.get("debug"):
                raise
            typer.echo(f"keiro: {_unexpected(error)}", err=True)
            raise typer.Exit(1) from error


def _unexpected(error: Exception) -> str:
    from keiro.masking import mask_values

    return (
        f"stopped on an unexpected {type(error).__name__}: {mask_values(str(error))}\n"
        "  remedy: `keiro --debug …` shows where; if it is a fault of Keiro, please report it"
    )


app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="KPI pipeline as code for B2B marketing and sales: exports in, trusted KPIs out.",
    epilog=EXIT_CODES,
)

for command in (
    cli_demo.demo,
    cli_loads.loads,
    cli_loads.quarantine,
    cli_loads.reload,
    cli_loads.accept,
    cli_tree.tree,
    cli_tree.explain,
    cli_goals.plan,
    cli_goals.backtest,
    cli_ledger.bridge,
    cli_review.review,
    cli_lint.lint,
):
    app.command()(command)
app.command("as-of")(cli_ledger.as_of)

AsOf = Annotated[
    str | None, typer.Option(help="The last day whose end is known (YYYY-MM-DD), or yesterday.")
]


def main() -> None:
    """The entry point of the `keiro` command."""
    try:
        app()
    except SystemExit as end:
        _leave(end.code)


def _leave(code: Any) -> NoReturn:
    """End the process after its exit handlers, without taking the interpreter apart.

    Great Expectations keeps DuckDB's classes alive for ever, and DuckDB prints a hundred lines on
    each such object when the interpreter is taken apart, as if the run had gone wrong.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"keiro {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_show_version),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    """Both are acted on elsewhere: the version by its callback, tracebacks by `Guarded`."""
    del version, debug


@app.command()
def run(
    as_of: AsOf = None,
    force: Annotated[bool, typer.Option(help="Build even where nothing is new.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Load, build, check and publish; ends with the KPIs and the page's path."""
    from keiro.console import word
    from keiro.recording import find_api

    settings = read_settings(project_dir, language, as_of=as_of)
    api, why = find_api(settings)
    if api is None:
        typer.echo(word(settings.language, "not_recorded", why=why), err=True)
    _warn_of_the_public_salt(settings)
    with reporting_to_terminal(settings) as reporter:
        outcome = _execute(settings, force, reporter, api)
    _show_run(settings, outcome)
    outcome.raise_for_checks()


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
    project_dir: ProjectDir = Path(),
    language: Language = None,
) -> None:
    """Show what is published: KPIs, open flags, version and page."""
    from keiro.status import read_status

    settings = read_settings(project_dir, language)
    if as_json:
        import json

        state = read_status(settings.path(settings.published_dir)).as_json()
        typer.echo(json.dumps(state, ensure_ascii=False, indent=2))
    else:
        _show_status(settings)


@app.command()
def check(project_dir: ProjectDir = Path(), language: Language = None) -> None:
    """Run the expectation suites on the work database again; publishes nothing."""
    from keiro.console import check_table, terminal
    from keiro.gate import count_checks, raise_for_results
    from keiro.pipeline import check_only

    settings = read_settings(project_dir, language)
    with reporting_to_terminal(settings) as reporter:
        results = check_only(settings, reporter)
    counts = count_checks(results)
    if unwell := [result for result in results if result.status != "passed"]:
        terminal().print(check_table(unwell, settings.language))
    typer.echo(
        f"{counts['passed']} passed, {len(counts['failed'])} failed, "
        f"{len(counts['errored'])} errored"
    )
    raise_for_results(results, settings.language)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address of the server.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the server.")] = None,
    project_dir: ProjectDir = Path(),
) -> None:
    """Bring up a Prefect server here and run the pipeline on its schedule."""
    from flows.serve import serve_all

    serve_all(read_settings(project_dir, None, host=host, port=port))


def _warn_of_the_public_salt(settings: "Settings") -> None:
    """Ids of real people need a salt that nobody knows; those of the demo do not."""
    from keiro.console import word

    exports = settings.exports
    is_demo = isinstance(exports, Path) and (exports / "_truth").exists()
    if not is_demo and not os.environ.get("KEIRO_PSEUDONYM_SALT"):
        typer.echo(word(settings.language, "public_salt"), err=True)


def _execute(
    settings: "Settings", force: bool, reporter: "Reporter", api: str | None
) -> "RunResult":
    """Run the flow where it can be recorded, else the same steps right here."""
    if api is None:
        from keiro.pipeline import run_pipeline

        return run_pipeline(settings, force=force, reporter=reporter)
    os.environ["PREFECT_API_URL"] = api
    # The server keeps the log; the terminal shows progress and, in the end, what went wrong.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    from flows.pipeline import run_recorded

    return run_recorded(settings, force=force, reporter=reporter)


def _show_run(settings: "Settings", outcome: "RunResult") -> None:
    from keiro.console import word

    _show_status(settings)
    if outcome.warnings:
        names = ", ".join(name.split(".")[2] for name in outcome.warnings)
        typer.echo(word(settings.language, "warnings", n=len(outcome.warnings), names=names))
    for status, files in (("refused", outcome.loaded.refused), ("held", outcome.loaded.held)):
        if files:
            typer.echo(word(settings.language, status, n=len(files)), err=True)
        for file in files:
            typer.echo(f"  {file.message}", err=True)
    if others := outcome.loaded.unclaimed:
        names = ", ".join(others[:5]) + (", …" if others[5:] else "")
        typer.echo(word(settings.language, "unclaimed", n=len(others), names=names), err=True)
    key = "published" if outcome.is_new else "nothing_new"
    typer.echo(word(settings.language, key, version=outcome.publication.version))


def _show_status(settings: "Settings") -> None:
    from keiro.console import flag_table, kpi_table, terminal, word
    from keiro.report.labels import text
    from keiro.status import read_status

    state = read_status(settings.path(settings.published_dir))
    console = terminal()
    console.print(kpi_table(state, settings.language))
    if state.flags:
        console.print(flag_table(state.flags, settings.language))
    typer.echo(f"{text(settings.language, 'version')}: {state.publication.version}")
    typer.echo(f"{word(settings.language, 'page')}: {state.publication.report}")


if __name__ == "__main__":
    main()
