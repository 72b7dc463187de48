"""The pipeline on a real Prefect server: schedule, tasks, retries, reasons, exclusion."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import ProxyHandler, Request, build_opener

import duckdb
import pytest
from pipeline_project import FILES, write_leads, write_project

from keiro.errors import ExitCode
from keiro.lock import exclusive
from keiro.publish import current
from keiro.settings import Settings

T = TypeVar("T")
START_SECONDS = 180.0
RUN_SECONDS = 120.0
CRASHING = """
  - id: funnel.leads_known
    table: funnel.fct_absent
    expect: expect_table_row_count_to_be_between
    kwargs: {min_value: 1}
    severity: warning
    cause: pipeline
    owner: sales
    detail: {en: Not known., ja: 不明。}
    remedy: {en: Look., ja: 確認。}
"""
# Stands for Prefect: says who it is and never answers.
DEAF_SERVER = """
import os, time
from pathlib import Path
Path(os.environ["DEAF_SERVER_PID"]).write_text(str(os.getpid()))
time.sleep(60)
"""


class Server:
    """What `keiro serve` brought up, asked over HTTP as any client would."""

    def __init__(self, settings: Settings, environment: dict[str, str]) -> None:
        self.settings = settings
        self.environment = environment
        self.url = f"http://127.0.0.1:{settings.port}/api"

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = Request(  # noqa: S310  a fixed address of this machine
            self.url + path,
            data=json.dumps(body or {}).encode(),
            headers={"content-type": "application/json"},
        )
        with build_opener(ProxyHandler({})).open(request, timeout=10) as response:
            return json.loads(response.read())

    def flow_run(self, identifier: str) -> dict[str, Any]:
        body = {"flow_runs": {"id": {"any_": [identifier]}}}
        run: dict[str, Any] = self.ask("/flow_runs/filter", body)[0]
        return run

    def newest_run(self) -> dict[str, Any]:
        runs = self.ask("/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 10})
        started: dict[str, Any] = next(run for run in runs if run["start_time"])
        return started

    def tasks(self, flow_run: str) -> dict[str, dict[str, Any]]:
        body = {"flow_runs": {"id": {"any_": [flow_run]}}, "sort": "EXPECTED_START_TIME_ASC"}
        return {task["name"].split("-")[0]: task for task in self.ask("/task_runs/filter", body)}

    def deployment(self) -> dict[str, Any] | None:
        found = self.ask("/deployments/filter")
        return found[0] if found else None


def wait_for(answer: Callable[[], T | None], seconds: float, what: str) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := answer():
                return found
        except OSError:
            pass
        time.sleep(0.25)
    raise AssertionError(f"waited {seconds:.0f} s in vain for {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`keiro serve` on a free port, with a home of its own."""
    folder = tmp_path_factory.mktemp("served")
    settings = write_project(folder / "project").model_copy(update={"port": free_port()})
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "KEIRO_"))}
    environment = {
        **kept,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "KEIRO_PORT": str(settings.port),
        "KEIRO_PSEUDONYM_SALT": "the test's",
        "KEIRO_IO_RETRIES": "40",
        "KEIRO_IO_RETRY_SECONDS": "0.5",
    }
    log = (folder / "log").open("w")
    command = [sys.executable, "-m", "keiro.cli", "serve"]
    process = subprocess.Popen(
        command, cwd=settings.project_dir, env=environment, stdout=log, stderr=log
    )
    served = Server(settings, environment)
    try:
        wait_for(served.deployment, START_SECONDS, "the deployment")
        yield served
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def keiro(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "keiro.cli", *arguments],
        cwd=server.settings.project_dir,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )


def test_the_schedule_is_in_the_business_time_zone_and_excludes_a_second_run(
    server: Server,
) -> None:
    deployment = server.deployment()
    assert deployment is not None
    assert deployment["schedules"][0]["active"]
    assert deployment["schedules"][0]["schedule"]["cron"] == "0 6 * * *"
    assert deployment["schedules"][0]["schedule"]["timezone"] == "Asia/Tokyo"
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_the_server_plans_runs_at_six_in_tokyo(server: Server) -> None:
    def planned() -> list[dict[str, Any]] | None:
        body = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        return [run for run in server.ask("/flow_runs/filter", body) if run["auto_scheduled"]]

    runs = wait_for(planned, 60, "a planned run")

    assert {run["expected_start_time"][11:19] for run in runs} == {"21:00:00"}  # in UTC


def test_a_served_run_retries_io_and_leaves_tasks_and_artifacts(server: Server) -> None:
    deployment = server.deployment()
    assert deployment is not None
    warehouse = server.settings.path(server.settings.warehouse)
    warehouse.parent.mkdir()
    # A client that holds the work database, as people do: loading cannot open it.
    with duckdb.connect(str(warehouse)):
        run = server.ask(f"/deployments/{deployment['id']}/create_flow_run")
        wait_for(
            lambda: server.tasks(run["id"]).get("load", {}).get("run_count", 0) > 1,
            RUN_SECONDS,
            "a retry of load",
        )

    def ended() -> dict[str, Any] | None:
        now = server.flow_run(run["id"])
        return now if now["state_type"] in ("COMPLETED", "FAILED", "CRASHED") else None

    done = wait_for(ended, RUN_SECONDS, "the end of the run")
    published = current(server.settings.path(server.settings.published_dir))
    assert published is not None, done["state"]
    assert done["state"]["type"] == "COMPLETED"
    assert done["state"]["message"] == f"published {published.version}"
    tasks = server.tasks(run["id"])
    assert list(tasks) == ["preflight", "load", "build", "check", "flag", "publish"]
    assert {task["state_type"] for task in tasks.values()} == {"COMPLETED"}
    assert tasks["load"]["run_count"] > 1
    assert tasks["build"]["run_count"] == 1
    keys = {
        artifact["key"]: artifact
        for artifact in server.ask("/artifacts/filter")
        if artifact["flow_run_id"] == run["id"] and artifact["key"]
    }
    assert "Leads" in keys["kpis"]["data"]
    assert keys["flags"]["description"].startswith(published.version)


def test_keiro_run_finds_the_server_and_records_that_nothing_is_new(server: Server) -> None:
    again = keiro(server, "run")

    assert again.returncode == 0, again.stderr
    assert again.stderr == "", "neither that it is not recorded, nor a library's chatter"
    assert "nothing new" in again.stdout
    run = server.newest_run()
    assert run["state_type"] == "COMPLETED"
    assert run["state"]["message"].startswith("nothing new")
    assert sorted(server.tasks(run["id"])) == ["load", "preflight"]


def test_a_run_with_a_crashed_check_shows_what_it_published_and_fails(server: Server) -> None:
    suite = server.settings.project_dir / "expectations" / "funnel.yml"
    before = suite.read_text(encoding="utf-8")
    suite.write_text(before + CRASHING, encoding="utf-8")
    try:
        crashed = keiro(server, "run")
    finally:
        suite.write_text(before, encoding="utf-8")

    published = current(server.settings.path(server.settings.published_dir))
    assert published is not None
    assert crashed.returncode == ExitCode.CHECKS_ERRORED, crashed.stderr
    assert "Leads" in crashed.stdout
    assert f"published {published.version}" in crashed.stdout
    assert "funnel.leads_known" in crashed.stderr
    assert "remedy:" in crashed.stderr
    run = server.newest_run()
    assert run["state_type"] == "FAILED"
    assert "1 checks could not be computed: funnel.leads_known" in run["state"]["message"]


def test_a_failed_run_says_why_and_keeps_the_publication(server: Server) -> None:
    project = server.settings.project_dir
    before = current(server.settings.path(server.settings.published_dir))
    write_leads(project, "2026-09", 401, 800)
    metrics = project / "models" / "fct_leads.yml"
    metrics.write_text(FILES["models/fct_leads.yml"].replace("owner: sales", "owner: ''"))
    try:
        failed = keiro(server, "run")
    finally:
        metrics.write_text(FILES["models/fct_leads.yml"].lstrip())
        write_leads(project, "2026-09", 401, 700)

    assert failed.returncode == ExitCode.BAD_INPUT, failed.stderr
    assert "metric leads: config.meta.owner" in failed.stderr
    assert "remedy:" in failed.stderr
    assert "Traceback" not in failed.stderr
    run = server.newest_run()
    assert run["state_type"] == "FAILED"
    assert "metric leads: config.meta.owner" in run["state"]["message"]
    assert list(server.tasks(run["id"])) == ["preflight"]
    assert current(server.settings.path(server.settings.published_dir)) == before


def test_a_second_run_is_refused_and_says_so(server: Server) -> None:
    warehouse = server.settings.path(server.settings.warehouse)
    with exclusive(warehouse.with_name(warehouse.name + ".lock")):
        refused = keiro(server, "run")

    assert refused.returncode == ExitCode.BUSY
    assert f"another run is going on (process {os.getpid()}" in refused.stderr
    assert "another run is going on" in server.newest_run()["state"]["message"]


def test_without_a_server_a_run_says_that_it_is_not_recorded(server: Server) -> None:
    alone = Server(server.settings, {**server.environment, "KEIRO_PORT": str(free_port())})

    run = keiro(alone, "run")

    assert run.returncode == 0, run.stderr
    assert "not recorded" in run.stderr
    assert "keiro serve" in run.stderr


def test_a_serve_that_is_ended_while_its_server_starts_leaves_no_server(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    (tmp_path / "prefect.py").write_text(DEAF_SERVER)
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "DEAF_SERVER_PID": str(pid_file),
        "KEIRO_PORT": str(free_port()),
    }
    served = subprocess.Popen(
        [sys.executable, "-m", "keiro.cli", "serve"], cwd=tmp_path, env=environment
    )
    try:
        pid = int(wait_for(lambda: pid_file.exists() and pid_file.read_text(), 30, "the server"))
        served.terminate()
        assert served.wait(30) == 128 + signal.SIGTERM
    finally:
        served.kill()
        served.wait()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
