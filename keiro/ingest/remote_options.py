"""How each kind of remote store is opened: its options from the environment, and safe defaults."""

import os
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# By scheme: the names under which fsspec's variables may give options, and the library needed.
SCHEMES: dict[str, tuple[tuple[str, ...], str]] = {
    "s3": (("s3", "s3a"), "s3fs"),
    "gs": (("gs", "gcs"), "gcsfs"),
    "sftp": (("sftp", "ssh"), "paramiko"),
    "https": (("http", "https"), "aiohttp"),
}
_CONNECT_SECONDS, _READ_SECONDS = 30, 120


def remote_options(url: str) -> dict[str, Any]:
    """The options for fsspec's file system of a URL, read from the environment anew."""
    from fsspec.config import set_conf_env  # type: ignore[import-untyped]

    scheme = urlsplit(url).scheme
    given: dict[str, dict[str, Any]] = {}
    set_conf_env(given, os.environ)
    options: dict[str, Any] = {"skip_instance_cache": True}
    for name in SCHEMES[scheme][0]:
        options |= given.get(name, {})
    if scheme == "https":
        options["client_kwargs"] = _web_client(options.get("client_kwargs", {}))
        # The library's own context is of the time of its import.
        options.setdefault("ssl", ssl.create_default_context())
    if scheme == "sftp":
        options |= _sftp_client(options)
    return options


def _web_client(given: dict[str, Any]) -> dict[str, Any]:
    """A limit on silence and none on the whole, since files may be large."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=_CONNECT_SECONDS, sock_read=_READ_SECONDS
    )
    # Proxies and certificates of the machine count, as for any other program.
    return {"timeout": timeout, "trust_env": True, **given}


def _sftp_client(given: dict[str, Any]) -> dict[str, Any]:
    """Only hosts that `known_hosts` names: fsspec would greet anybody and send the password."""
    options: dict[str, Any] = {
        name: given.get(name, _CONNECT_SECONDS)
        for name in ("timeout", "banner_timeout", "auth_timeout")
    }
    if "port" in given:
        options["port"] = int(given["port"])
    if "host_key_policy" not in given:
        known_hosts = os.environ.get("KEIRO_KNOWN_HOSTS", "~/.ssh/known_hosts")
        options["host_key_policy"] = _known_hosts_policy(Path(known_hosts).expanduser())
    return options


def _known_hosts_policy(file: Path) -> Any:
    import paramiko  # type: ignore[import-untyped]

    class KnownHosts(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
        """Accepts a host whose key the file holds."""

        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            del client
            known = paramiko.HostKeys(str(file) if file.exists() else None)
            if not known.check(hostname, key):
                raise paramiko.BadHostKeyException(hostname, key, key)

    return KnownHosts()
