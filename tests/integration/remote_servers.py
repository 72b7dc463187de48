"""Servers of the real protocols in threads, for the tests of remote exports: https and sftp."""

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import paramiko
import trustme

AUTHORIZATION = "Bearer of-a-test"


@dataclass
class WebServer:
    """A folder's pages by https; counts what is asked for, and fails as it is told to."""

    folder: Path
    url: str = ""
    authority: Path = Path()
    asked: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    needs_token: bool = False


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, server_state: WebServer, **options: Any) -> None:
        self.state = server_state
        super().__init__(*args, directory=str(server_state.folder), **options)

    def do_GET(self) -> None:
        self.state.asked.append(f"GET {self.path}")
        if self.state.needs_token and self.headers.get("Authorization") != AUTHORIZATION:
            self.send_error(401)
        elif self.state.failures and self.path.endswith(".csv"):
            self._fail(self.state.failures.pop())
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        self.state.asked.append(f"HEAD {self.path}")
        super().do_HEAD()

    def _fail(self, how: str) -> None:
        if how == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"Record ID,Email,Stage\n1,a@example.com,Lead\n")
            self.close_connection = True
        else:
            self.send_error(int(how))

    def log_message(self, *_: Any) -> None:
        """Silent."""


@contextmanager
def web_server(folder: Path, authority: Path) -> Iterator[WebServer]:
    """Serve a folder at https://localhost with a certificate of an authority of its own."""
    state = WebServer(folder, authority=authority)
    maker = trustme.CA()
    maker.cert_pem.write_to_path(str(authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    maker.issue_cert("localhost").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, server_state=state))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    state.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


class _Account(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == ("keiro", "right")
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del kind, chanid
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "password"


class _Files(paramiko.SFTPServerInterface):
    """A folder, read only."""

    def __init__(self, server: Any, *_: Any, folder: Path) -> None:
        super().__init__(server)
        self.folder = folder

    def _at(self, path: str) -> Path:
        return self.folder / path.lstrip("/")

    def list_folder(self, path: str) -> Any:
        return [
            paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name)
            for entry in self._at(path).iterdir()
        ]

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        del flags, attr
        handle = paramiko.SFTPHandle(os.O_RDONLY)
        handle.readfile = self._at(path).open("rb")  # type: ignore[attr-defined]
        return handle


@contextmanager
def sftp_server(folder: Path, known_hosts: Path) -> Iterator[str]:
    """Serve a folder by SFTP and write the host's key to `known_hosts`; yields host and port."""
    import socket

    key = paramiko.RSAKey.generate(2048)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    known_hosts.write_text(f"[127.0.0.1]:{port} ssh-rsa {key.get_base64()}\n")
    transports: list[paramiko.Transport] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(key)
            transport.set_subsystem_handler(
                "sftp", paramiko.SFTPServer, sftp_si=partial(_Files, folder=folder)
            )
            transports.append(transport)
            try:
                transport.start_server(server=_Account())
            except (paramiko.SSHException, EOFError):
                transport.close()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        listener.close()
        for transport in transports:
            transport.close()
