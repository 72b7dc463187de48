"""Runs dbt in this process and reads its verdict from the node results, never from a state."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from keiro.errors import ExitCode, KeiroError
from keiro.export import TableText
from keiro.masking import mask_values
from keiro.settings import Settings

OnNode = Callable[[int, int, str], None]

GOOD_STATUSES = frozenset({"success", "pass", "warn", "no-op", "reused"})
SHOWN_FAILURES = 5


@dataclass(frozen=True)
class NodeOutcome:
    """What became of one node of the project: its unique id, file, status and masked message."""

    node: str
    file: str
    status: str
    message: str


@dataclass(frozen=True)
class BuildResult:
    """How many nodes ended in which status, and which tests only warned."""

    counts: dict[str, int]
    warnings: tuple[NodeOutcome, ...]


class DbtProject:
    """One project, parsed at most once in a process, run against the work database."""

    def __init__(self, settings: Settings, as_of: date, fingerprint: str = "") -> None:
        """Remember where the project is; nothing is parsed yet.

        With a `fingerprint` of what decides how tables are computed, a build may start from the
        tables of the last complete one that had the same; without, it makes everything anew.
        """
        self._settings = settings
        self._as_of = as_of
        self._fingerprint = fingerprint
        self._manifest: Any = None

    def parse(self) -> Any:
        """dbt's Manifest of the project; the first call writes `manifest.json` into the target."""
        if self._manifest is None:
            self._install_packages()
            self._manifest = self._invoke(["parse"]).result
        return self._manifest

    def build(
        self,
        *,
        select: Sequence[str] = (),
        exclude: Sequence[str] = (),
        leave_out: Sequence[str] = ("unit_test",),
        on_node: OnNode | None = None,
    ) -> BuildResult:
        """Build and test the selected nodes; afterwards the work database is free for others.

        Raises KeiroError (BUILD_FAILED) that names the failed nodes; skipped ones are failures.
        """
        # Unit tests judge the models' logic and not the data: they are for `make test`.
        arguments = ["build", *(f"--exclude-resource-type={kind}" for kind in leave_out)]
        arguments += ["--select", *select] if select else []
        arguments += ["--exclude", *exclude] if exclude else []
        with self._released_warehouse():
            manifest = self.parse()
            _forget_compiled(manifest)
            run = self._invoke(arguments, manifest, on_node)
        outcomes = [_outcome(result) for result in run.result.results]
        failed = [outcome for outcome in outcomes if outcome.status not in GOOD_STATUSES]
        if failed:
            raise _build_failed(failed)
        return BuildResult(
            counts=dict(Counter(outcome.status for outcome in outcomes)),
            warnings=tuple(outcome for outcome in outcomes if outcome.status == "warn"),
        )

    def _install_packages(self) -> None:
        project = self._settings.project_dir.resolve()
        declared = any((project / name).exists() for name in ("packages.yml", "dependencies.yml"))
        if declared and not (project / "dbt_packages").exists():
            self._invoke(["deps"])

    def _invoke(
        self, command: list[str], manifest: Any = None, on_node: OnNode | None = None
    ) -> Any:
        from dbt.cli.main import dbtRunner

        callbacks = [_node_counter(on_node)] if on_node else []
        with self._environment():
            outcome = dbtRunner(manifest=manifest, callbacks=callbacks).invoke(
                [*QUIET, *command, *self._locations(), *self._vars()]
            )
        # dbt hands over what stops this process, as if it were a fault of the project.
        if outcome.exception is not None and not isinstance(outcome.exception, Exception):
            raise outcome.exception
        if outcome.exception is not None or (outcome.result is None and command != ["deps"]):
            raise _dbt_failed(command[0], outcome.exception)
        return outcome

    def _locations(self) -> list[str]:
        project = self._settings.project_dir.resolve()
        target = self._settings.path(self._settings.target_dir)
        return [
            *("--project-dir", str(project)),
            *("--profiles-dir", str(project)),
            *("--target-path", str(target)),
        ]

    def _vars(self) -> list[str]:
        """Only what differs from the project: with unchanged vars dbt can reuse its last parse."""
        if str(self._settings.dbt_vars.get("as_of")) == self._as_of.isoformat():
            return []
        return ["--vars", f"{{as_of: '{self._as_of.isoformat()}'}}"]

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Tell the project where the work database is, and what its tables are computed by."""
        warehouse = self._settings.path(self._settings.warehouse)
        warehouse.parent.mkdir(parents=True, exist_ok=True)
        told = {"KEIRO_WAREHOUSE": str(warehouse), "KEIRO_BUILD_FINGERPRINT": self._fingerprint}
        before = {name: os.environ.get(name) for name in told}
        os.environ.update(told)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    @contextmanager
    def _released_warehouse(self) -> Iterator[None]:
        """The adapter keeps its connection until the process ends: close it after each build."""
        try:
            yield
        finally:
            from dbt.adapters.duckdb.connections import DuckDBConnectionManager

            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager.close_all_connections()


# No log file: dbt writes error texts into it that may quote values of rows.
QUIET = [
    *("--quiet", "--no-print", "--no-use-colors", "--no-send-anonymous-usage-stats"),
    *("--log-level", "none", "--log-level-file", "none"),
]


def _forget_compiled(manifest: Any) -> None:
    """Let dbt compile all nodes of a manifest again: it keeps ephemeral models as first compiled.

    What a build computes anew differs from one build to the next of the same process.
    """
    for node in manifest.nodes.values():
        if getattr(node, "compiled", False):
            node.compiled, node.compiled_code = False, None
            node.extra_ctes_injected, node.extra_ctes = False, []


def _node_counter(on_node: OnNode) -> Callable[[Any], None]:
    done = 0
    total = 0

    def on_event(event: Any) -> None:
        nonlocal done, total
        if event.info.name == "LogStartLine":
            total = event.data.total
        elif event.info.name == "NodeFinished":
            done += 1
            on_node(done, max(total, done), event.data.node_info.node_name)

    return on_event


def _outcome(result: Any) -> NodeOutcome:
    return NodeOutcome(
        node=result.node.unique_id,
        file=result.node.original_file_path,
        status=str(result.status),
        message=mask_values(str(result.message or "")),
    )


def _build_failed(failed: list[NodeOutcome]) -> KeiroError:
    causes = [outcome for outcome in failed if outcome.status != "skipped"] or failed
    lines = [f"{o.node} ({o.file}): {o.status}: {o.message}" for o in causes[:SHOWN_FAILURES]]
    if len(causes) > SHOWN_FAILURES:
        lines.append(f"and {len(causes) - SHOWN_FAILURES} more")
    if skipped := sum(outcome.status == "skipped" for outcome in failed):
        lines.append(f"{skipped} nodes that depend on them were skipped")
    names = " ".join(outcome.node.split(".")[2] for outcome in causes[:SHOWN_FAILURES])
    return KeiroError(
        "the build failed; the last publication is untouched\n  " + "\n  ".join(lines),
        remedy=f"correct the model or its data; `dbt build --select {names}` shows the rows",
        exit_code=ExitCode.BUILD_FAILED,
    )


def _dbt_failed(command: str, error: BaseException | None) -> KeiroError:
    said = str(error or "").strip()
    # Only a build sees rows. What the other commands quote is from the project's files.
    shown = mask_values(said) if command == "build" else said
    return KeiroError(
        f"`dbt {command}` failed: {shown or 'it gave no result'}",
        remedy=f"correct the file that it names; `dbt {command}` repeats it",
        exit_code=ExitCode.BUILD_FAILED,
    )


def read_descriptions(target_dir: Path) -> dict[tuple[str, str], TableText]:
    """Descriptions of models by (schema, table), from the manifest that the last parse wrote."""
    manifest = json.loads((target_dir / "manifest.json").read_text(encoding="utf-8"))
    return {
        (node["schema"], node["alias"]): TableText(
            description=node["description"].strip(),
            columns={
                name: column["description"].strip() for name, column in node["columns"].items()
            },
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
