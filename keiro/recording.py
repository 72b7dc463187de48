"""Finds out, without importing Prefect, where a run can be recorded."""

import os
import tomllib
from base64 import b64encode
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from keiro.settings import Settings

PROBE_SECONDS = 2.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def find_api(settings: Settings) -> tuple[str | None, str]:
    """The address of a Prefect API that answers, or None and why the run is not recorded.

    A configured address goes first (environment, `prefect.toml`, the active profile), then the
    one that `keiro serve` uses.
    """
    configured = _configured(settings.project_dir.resolve())
    if configured is not None:
        if answers(configured):
            return configured, ""
        return None, f"the configured Prefect API at {_shown(configured)} does not answer"
    served = server_url(settings)
    if answers(served, must_be_healthy=True):
        return served, ""
    return None, "no Prefect server is configured and `keiro serve` is not running"


def server_url(settings: Settings) -> str:
    """The address of the API that `keiro serve` brings up."""
    return f"http://{settings.host}:{settings.port}/api"


def answers(api_url: str, *, must_be_healthy: bool = False) -> bool:
    """Whether something answers there; `must_be_healthy` asks for Prefect's own health answer."""
    try:
        local = urlsplit(api_url).hostname in LOOPBACK
        opener = build_opener(ProxyHandler({})) if local else build_opener()
        with opener.open(_health(api_url), timeout=PROBE_SECONDS) as response:
            return not must_be_healthy or response.read(16).strip() == b"true"
    except HTTPError:
        # It answers, only not to a stranger: Prefect Cloud and servers with a password do so.
        return not must_be_healthy
    except (URLError, HTTPException, OSError, ValueError):
        return False


def _health(api_url: str) -> Request:
    """The question; a name and password in the address go into a header, not into a look-up."""
    request = Request(f"{_shown(api_url).rstrip('/')}/health")  # noqa: S310  as configured
    parts = urlsplit(api_url)
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_header("Authorization", f"Basic {b64encode(user.encode()).decode()}")
    return request


def _configured(project: Path) -> str | None:
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    if url := _toml(project / "prefect.toml").get("api", {}).get("url"):
        return str(url)
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    profiles = _toml(Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml")))
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active")
    url = profiles.get("profiles", {}).get(active, {}).get("PREFECT_API_URL")
    return str(url) if url else None


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _shown(url: str) -> str:
    """The address without a password that may stand in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
