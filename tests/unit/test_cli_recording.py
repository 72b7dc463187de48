"""Where a run is recorded, found out without Prefect."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from keiro.recording import find_api
from keiro.settings import Settings, load_settings


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


def at(url: str, project: Path) -> Settings:
    return load_settings(project_dir=project, port=int(url.split(":")[2].split("/", maxsplit=1)[0]))


def test_a_served_one_is_found(prefect: str, tmp_path: Path) -> None:
    assert find_api(at(prefect, tmp_path)) == (prefect, "")


def test_another_program_on_the_port_is_none(stranger: str, tmp_path: Path) -> None:
    api, why = find_api(at(stranger, tmp_path))
    assert api is None
    assert "keiro serve" in why


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
