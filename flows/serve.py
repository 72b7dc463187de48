"""Serves the pipeline on its schedule: a Prefect server on this machine and one deployment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from keiro.errors import ExitCode, KeiroError
from keiro.recording import answers, server_url
from keiro.settings import Settings, load_settings

DEPLOYMENT = "scheduled"
START_SECONDS = 180.0
STOP_SECONDS = 15.0


def serve_all(settings: Settings) -> None:
    """Bring up the server if none answers yet, and serve the flow until interrupted."""
    with local_server(settings) as api_url:
        os.environ["PREFECT_API_URL"] = api_url
        serve_flow(settings)


def serve_flow(settings: Settings) -> None:
    """Serve the flow on its cron in the business time zone, one run at a time."""
    from prefect.client.schemas.objects import (
        ConcurrencyLimitConfig,
        ConcurrencyLimitStrategy,
    )
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.pipeline import keiro_pipeline

    keiro_pipeline.serve(
        name=DEPLOYMENT,
        description="Loads, builds, checks and publishes the KPIs.",
        schedule=Cron(settings.schedule, timezone=str(settings.timezone)),
        parameters={"project_dir": str(settings.project_dir.resolve())},
        limit=1,
        global_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


@contextmanager
def local_server(settings: Settings) -> Iterator[str]:
    """The address of a server at the settings' host and port, started here if none answers."""
    api_url = server_url(settings)
    if answers(api_url, must_be_healthy=True):
        yield api_url
        return
    command = [sys.executable, "-m", "prefect", "server", "start"]
    command += ["--host", settings.host, "--port", str(settings.port)]
    environment = {**os.environ, "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    environment.pop("PREFECT_API_URL", None)
    with _ended_in_order():
        server = subprocess.Popen(command, env=environment)  # noqa: S603  no shell, own arguments
        try:
            _wait(server, api_url)
            yield api_url
        finally:
            _stop(server)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM end this process as an exit does, so that it takes the server with it."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait(server: "subprocess.Popen[bytes]", api_url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(api_url, must_be_healthy=True):
        if server.poll() is not None or time.monotonic() > deadline:
            raise KeiroError(
                "the Prefect server did not start",
                where=api_url,
                remedy="see its message above; is the port taken? --port names another",
                exit_code=ExitCode.USAGE,
            )
        time.sleep(0.2)


if __name__ == "__main__":
    serve_all(load_settings())
