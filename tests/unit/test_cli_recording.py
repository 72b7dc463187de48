"""Where a run is recorded, found out without Prefect."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from keiro.recording import find_api
from keiro.settings import Settings, load_settings
from tests.conftest import run_command


class Health(BaseHTTPRequestHandler):
    answer = b"true"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        pass


class Stranger(Health):
    answer = b"<html>"


class Guarded(Health):
    asked: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers["Authorization"])
        super().do_GET()


def serving(handler: type[Health]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


@pytest.fixture
def prefect() -> Iterator[str]:
    yield from serving(Health)


@pytest.fixture
def stranger() -> Iterator[str]:
    yield from serving(Stranger)


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_URL", "PROFILE", "PROFILES_PATH"):
        monkeypatch.delenv(f"PREFECT_{name}", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))


@pytest.fixture
def guarded() -> Iterator[str]:
    Guarded.asked.clear()
    yield from serving(Guarded)


@pytest.fixture
def no_http() -> Iterator[str]:
    """Something that greets as a mail server does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def greet() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                with caller:
                    caller.recv(1024)
                    caller.sendall(b"220 mail.example.jp ready\r\n")

    threading.Thread(target=greet, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def at(url: str, project: Path) -> Settings:
    return load_settings(project_dir=project, port=int(url.split(":")[2].split("/", maxsplit=1)[0]))


def test_a_served_one_is_found(prefect: str, tmp_path: Path) -> None:
    assert find_api(at(prefect, tmp_path)) == (prefect, "")


def test_another_program_on_the_port_is_none(stranger: str, tmp_path: Path) -> None:
    api, why = find_api(at(stranger, tmp_path))
    assert api is None
    assert "keiro serve" in why


def test_what_speaks_no_http_is_none(
    no_http: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_api(at(no_http, tmp_path))[0] is None
    monkeypatch.setenv("PREFECT_API_URL", no_http)
    api, why = find_api(load_settings(project_dir=tmp_path))
    assert api is None
    assert "does not answer" in why


def test_a_password_in_the_address_is_sent_as_a_header(
    guarded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = guarded.replace("http://", "http://me:se%40cret@")
    monkeypatch.setenv("PREFECT_API_URL", url)
    assert find_api(load_settings(project_dir=tmp_path)) == (url, "")
    assert Guarded.asked == ["Basic bWU6c2VAY3JldA=="]  # me:se@cret


def test_an_address_that_is_none_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("http://[::1/api", "nonsense", "http://127.0.0.1:port/api"):
        monkeypatch.setenv("PREFECT_API_URL", url)
        assert find_api(load_settings(project_dir=tmp_path))[0] is None


def test_a_configured_one_goes_first(
    prefect: str, stranger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", prefect)
    assert find_api(at(stranger, tmp_path)) == (prefect, "")


def test_the_active_profile_is_read(prefect: str, stranger: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "profiles.toml").write_text(
        f'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "{prefect}"\n[profiles.other]\n'
    )
    assert find_api(at(stranger, tmp_path)) == (prefect, "")


def test_a_configured_one_that_is_down_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://me:secret@127.0.0.1:9/api")
    api, why = find_api(load_settings(project_dir=tmp_path))
    assert api is None
    assert "http://127.0.0.1:9/api does not answer" in why
    assert "secret" not in why


def test_a_command_of_a_test_knows_no_server_of_whoever_runs_it(
    prefect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    profile = f'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "{prefect}"\n'
    (tmp_path / "home" / "profiles.toml").write_text(profile)
    monkeypatch.setenv("PREFECT_API_URL", prefect)
    monkeypatch.setenv("KEIRO_PORT", str(urlsplit(prefect).port))
    asked = "from keiro.recording import find_api; from keiro.settings import load_settings"
    script = f"{asked}; print(find_api(load_settings(project_dir='{tmp_path}'))[0])"

    alone = run_command([sys.executable, "-c", script])
    given = run_command([sys.executable, "-c", script], env={"PREFECT_API_URL": prefect})

    assert alone.stdout == "None\n"
    assert given.stdout == f"{prefect}\n"
