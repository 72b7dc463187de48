"""Exports on s3://, https:// and sftp://, from local servers of the real protocols."""

import gzip
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ingest_project import Project
from remote_servers import AUTHORIZATION, WebServer, sftp_server, web_server

from keiro.errors import KeiroError
from keiro.ingest import LoadSummary, exports_folder, read_declarations
from keiro.pipeline import load
from keiro.run import open_run
from keiro.settings import load_settings

HEADER = "Record ID,Email,Stage\n"
CSV = HEADER + "1,a@example.com,Lead\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.declare(files=["crm/**/*"], mode="append")
    return project


def statuses(summary: LoadSummary) -> dict[str, str]:
    return {file.file_name: file.status for file in summary.files}


def load_from(project: Project, url: str, **options: Any) -> LoadSummary:
    return project.load(exports_folder(url, project.folder / "cache"), **options)


def cached(project: Project) -> list[Path]:
    return list((project.folder / "cache").glob("*"))


def twice(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except OSError:
        return action()


def zipped(name: str, content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    import boto3
    import requests

    requests.post(f"{s3_server}/moto-api/reset", timeout=10)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = boto3.resource("s3", region_name="us-east-1").Bucket("keiro-tests")
    found.create()
    return found


def test_a_bucket_is_loaded_and_only_what_changed_is_downloaded_again(
    project: Project, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = bucket.put_object
    put(Key="exports/crm/a.csv", Body=CSV.encode())
    put(Key="exports/crm/deep/b.csv.gz", Body=gzip.compress(CSV.replace("1,", "2,").encode()))
    put(Key="exports/crm/c.zip", Body=zipped("in.csv", CSV.replace("1,", "3,")))
    put(Key="exports/other/d.csv", Body=CSV.encode())
    put(Key="exports/crm/bad.csv", Body=b"<html>")
    downloads: list[str] = []
    import s3fs

    real = s3fs.S3FileSystem.get_file

    def counted(store: Any, key: str, *args: Any, **options: Any) -> Any:
        downloads.append(key)
        return real(store, key, *args, **options)

    monkeypatch.setattr(s3fs.S3FileSystem, "get_file", counted)
    url = "s3://keiro-tests/exports"
    loaded = {"crm/a.csv": "loaded", "crm/deep/b.csv.gz": "loaded", "crm/c.zip/in.csv": "loaded"}
    put(Key="exports/crm/.DS_Store", Body=b"")
    put(Key="exports/crm/deep/.keep", Body=b"")
    project.declare(files=["crm/**/[a-z]*.*"], mode="append")
    put(Key="exports/crm/D.CSV", Body=CSV.encode())
    first = load_from(project, url)
    assert statuses(first) == {**loaded, "crm/bad.csv": "refused"}
    assert first.unclaimed == ("crm/D.CSV",)
    assert [row[0] for row in project.rows()] == ["1", "3", "2"]
    assert len(downloads) == 4
    # What waits for a remedy is kept, what raw holds is not.
    assert len(cached(project)) == 1
    put(Key="exports/crm/bad.csv", Body=CSV.replace("1,", "4,").encode())
    put(Key="exports/crm/a.csv", Body=CSV.encode())  # the same content, the same tag
    known = dict.fromkeys(loaded, "known")
    assert statuses(load_from(project, url)) == {**known, "crm/bad.csv": "loaded"}
    assert downloads[4:] == ["keiro-tests/exports/crm/bad.csv"]
    assert cached(project) == []


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("url", "changed", "reason", "remedy"),
    [
        ("s3://keiro-absent/x", {}, "not there", "check the URL"),
        ("s3://keiro-tests/dialy", {}, "not there", "check the URL"),
        ("s3://keiro-tests", {"AWS_SECRET_ACCESS_KEY": ""}, "credentials", "AWS_ACCESS_KEY_ID"),
        ("s3://keiro-tests", {"FSSPEC_S3_ANON_KEY": "1"}, "options", "FSSPEC_S3_"),
        ("s3://keiro-tests", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "connection", "again"),
    ],
)
def test_a_bucket_that_cannot_be_read_is_named_with_the_remedy(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    changed: dict[str, str],
    reason: str,
    remedy: str,
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(KeiroError) as caught:
        load_from(project, url)
    shown = str(caught.value)
    assert shown.startswith(url)
    assert reason in shown.partition("remedy:")[0]
    assert remedy in shown.partition("remedy:")[2]


def test_the_pipeline_loads_from_a_url(
    project: Project, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put_object(Key="exports/crm/a.csv", Body=CSV.encode())
    monkeypatch.setenv("KEIRO_EXPORTS_DIR", "s3://keiro-tests/exports")
    (project.folder / "expectations").mkdir()
    settings = load_settings(project_dir=project.folder, as_of="2024-01-01")
    with open_run(settings) as run:
        run.objects = read_declarations(project.folder)
        load(run)
    assert statuses(run.loaded) == {"crm/a.csv": "loaded"}
    with pytest.raises(KeiroError, match="only read"):
        _ = settings.local_exports


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://host/x", "ftp://"),
        ("http://host/x", "http://"),
        ("sftp://me:secret@host/x", "password"),
        ("https://host/x?sig=secret", "signature"),
        ("s3:///x", "no host or bucket"),
    ],
)
def test_a_url_that_cannot_be_one_is_wrong_usage(project: Project, url: str, reason: str) -> None:
    with pytest.raises(KeiroError) as caught:
        load_from(project, url)
    assert reason in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    folder = tmp_path / "served"
    (folder / "crm" / "月 次").mkdir(parents=True)
    for name, content in (("a.csv", CSV), ("月 次/b.csv", CSV.replace("1,", "2,"))):
        (folder / "crm" / name).write_text(content)
        os.utime(folder / "crm" / name, (1e9, 1e9))
    with web_server(folder, tmp_path / "authority.pem") as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


def test_pages_of_links_are_loaded_and_only_what_changed_is_downloaded_again(
    project: Project, web: WebServer
) -> None:
    first = statuses(load_from(project, web.url))
    assert first == {"crm/a.csv": "loaded", "crm/月 次/b.csv": "loaded"}
    web.asked.clear()
    (web.folder / "crm" / "a.csv").write_text(CSV.replace("Lead", "Sold"))
    again = statuses(load_from(project, web.url + "/"))
    assert again == {"crm/a.csv": "loaded", "crm/月 次/b.csv": "known"}
    assert [path for path in web.asked if path.startswith("GET") and ".csv" in path] == [
        "GET /crm/a.csv"
    ]


@pytest.mark.parametrize("failure", ["cut", "503"])
def test_a_download_that_fails_is_tried_again_and_never_seen_in_part(
    project: Project, web: WebServer, failure: str
) -> None:
    web.failures = [failure]
    assert set(statuses(load_from(project, web.url, retry=twice)).values()) == {"loaded"}
    (web.folder / "crm" / "a.csv").write_text(CSV.replace("1,", "9,"))
    web.failures = [failure] * 9
    summary = load_from(project, web.url, retry=twice)
    assert statuses(summary) == {"crm/a.csv": "refused", "crm/月 次/b.csv": "known"}
    assert "cannot be read" in str(summary.refused[0].message)
    assert cached(project) == []
    web.failures = []
    assert statuses(load_from(project, web.url))["crm/a.csv"] == "loaded"


def test_credentials_of_a_web_server_come_from_the_environment(
    project: Project, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.needs_token = True
    with pytest.raises(KeiroError, match="credentials"):
        load_from(project, web.url)
    headers = {"client_kwargs": {"headers": {"Authorization": AUTHORIZATION}}}
    monkeypatch.setenv("FSSPEC_HTTPS", json.dumps(headers))
    assert set(statuses(load_from(project, web.url)).values()) == {"loaded"}


def test_a_certificate_of_nobody_is_not_trusted(
    project: Project, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(KeiroError, match="certificate is not trusted"):
        load_from(project, web.url)


def test_sftp_asks_for_a_known_host_and_credentials(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, hosts = tmp_path / "served", tmp_path / "known_hosts"
    (folder / "crm").mkdir(parents=True)
    (folder / "crm" / "a.csv").write_text(CSV)
    os.utime(folder / "crm" / "a.csv", (time.time() - 60, time.time() - 60))
    with sftp_server(folder, hosts) as host:
        url = f"sftp://keiro@{host}/"
        monkeypatch.setenv("FSSPEC_SFTP_PASSWORD", "right")
        monkeypatch.setenv("KEIRO_KNOWN_HOSTS", str(tmp_path / "none"))
        with pytest.raises(KeiroError, match="known_hosts") as caught:
            load_from(project, url)
        assert "keiro@" not in str(caught.value)
        monkeypatch.setenv("KEIRO_KNOWN_HOSTS", str(hosts))
        assert statuses(load_from(project, url)) == {"crm/a.csv": "loaded"}
        assert statuses(load_from(project, url)) == {"crm/a.csv": "known"}
        monkeypatch.setenv("FSSPEC_SFTP_PASSWORD", "wrong")
        with pytest.raises(KeiroError, match="credentials"):
            load_from(project, url)
