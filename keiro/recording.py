"""Finds out, without importing Prefect, where a run can be recorded."""

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

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
    local = urlsplit(api_url).hostname in LOOPBACK
    opener = build_opener(ProxyHandler({})) if local else build_opener()
    try:
        with opener.open(f"{api_url.rstrip('/')}/health", timeout=PROBE_SECONDS) as response:
            return not must_be_healthy or response.read(16).strip() == b"true"
    except HTTPError:
        # It answers, only not to a stranger: Prefect Cloud and servers with a password do so.
        return not must_be_healthy
    except (URLError, OSError, ValueError):
        return False


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
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
