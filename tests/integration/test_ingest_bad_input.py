"""Every kind of bad input and its exact outcome: loaded, quarantined with a reason, or refused."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import duckdb
import pytest
from ingest_project import COLUMNS, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def xlsx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def parquet(folder: Path, sql: str) -> bytes:
    path = folder / "scratch.parquet"
    duckdb.sql(f"copy ({sql}) to '{path}'")
    return path.read_bytes()


CSV = "Record ID,Email,Stage\n1,a@example.com,Lead\n"
LINES = '{"record_id": "1", "stage": "Lead"}\n'

REFUSED = [
    ("a.csv", b"<!DOCTYPE html><html><body>Please log in</body></html>", "HTML"),
    ("a.csv", xlsx(), "workbook is damaged"),
    ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "workbook is damaged"),
    ("a.csv", b"PAR1 and so on", "is Parquet"),
    ("a.csv", "Email,Stage\na@example.com,Lead\n", "missing required column: record_id"),
    ("a.csv", 'Record ID,Email,Stage\n1,"a@example.com,Lead\n', "not closed"),
    ("a.csv", "Record ID,Email\n1,é\n".encode("latin-1") + b"2,\x81\n", "offset"),
    ("a.csv", CSV.encode("utf-16"), "byte order mark says utf-16"),
    ("a.csv", CSV.encode("utf-16-le"), "look like utf-16-le"),
    ("a.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
    ("a.ndjson", LINES * 3 + LINES[:20], "line is cut off within its JSON (row 4)"),
    ("a.ndjson", LINES + "{oops}\n", "not valid JSON (row 2)"),
    ("a.ndjson", '{"stage": "Lead"}\n', "missing required column: record_id"),
    ("a.ndjson", '{"record_id": 1, "Record ID": 2}\n', "two columns mean 'record_id'"),
    ("a.ndjson", LINES.encode() + b'{"record_id": "\xff"}\n', "offset"),
    ("a.ndjson.gz", gzip.compress(LINES.encode() * 9000, mtime=0)[:-20], "gzip file is cut off"),
    ("a.parquet", b"not parquet", "not Parquet"),
    ("a.parquet", b"PAR1 and no end", "cut off"),
    ("a.parquet", b"PAR1 garbage between PAR1", "damaged"),
]


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED)
def test_a_file_that_cannot_be_read_for_certain_is_refused_and_the_others_load(
    project: Project, name: str, content: str | bytes, reason: str
) -> None:
    project.put(name, content)
    project.put("z.csv", "Record ID,Email,Stage\n7,z@example.com,Lead\n")
    summary = project.load()
    (refused,) = summary.refused
    assert refused.file_name == name
    assert refused.message is not None
    assert refused.message.startswith(f"{name}: ")
    assert reason in refused.message
    assert "remedy: " in refused.message
    assert "@example.com" not in refused.message
    assert [file.file_name for file in summary.new] == ["z.csv"]
    assert project.rows("record_id") == [("7",)]
    assert project.quarantine() == []
    assert project.log() == [(name, "refused"), ("z.csv", "loaded")]


def test_a_cut_parquet_file_is_refused(project: Project, tmp_path: Path) -> None:
    whole = parquet(tmp_path, "select 1 as record_id from range(1000)")
    project.put("a.parquet", whole[: len(whole) // 2])
    (refused,) = project.load().refused
    assert "cut off" in str(refused.message)


def test_the_message_for_a_wrong_encoding_names_byte_line_and_likely_encoding(
    project: Project,
) -> None:
    project.declare(encodings=["utf-8"])
    text = (
        "Record ID,Email,Stage\n" + "1,a@example.com,リード\n2,b@example.com,商談になった顧客\n" * 9
    )
    content = text.encode("cp932")
    project.put("a.csv", content)
    (refused,) = project.load().refused
    offset = len(b"Record ID,Email,Stage\n1,a@example.com,")
    assert f"byte 0x83 at offset {offset} (line 2) is not utf-8" in str(refused.message)
    assert "likely encoding is cp932" in str(refused.message)


@pytest.mark.parametrize("place", [30, 300, 900])
def test_damaged_utf8_is_not_taken_for_another_encoding(project: Project, place: int) -> None:
    """Strict CP932 may accept what is left of it; the result would be garbage."""
    content = bytearray(("Record ID,Stage\n" + "1,リードになった顧客\n" * 40).encode())
    del content[place]
    project.put("a.csv", bytes(content))
    (refused,) = project.load().refused
    assert "is not utf-8" in str(refused.message)


def test_a_refused_file_is_tried_again_and_its_refusal_logged_once(project: Project) -> None:
    project.put("a.csv", "Kontakt,Email\n1,a@example.com\n")
    for _ in range(3):
        assert len(project.load().refused) == 1
        assert project.log() == [("a.csv", "refused")]
    aliased = [{**COLUMNS[0], "aliases": ["Kontakt"]}, *COLUMNS[1:]]
    project.declare(columns=aliased)
    summary = project.load()
    assert not summary.refused
    assert project.rows() == [("1", "a@example.com", None)]
    ((name, status, message),) = project.log("file_name, status, message")
    assert (name, status) == ("a.csv", "loaded")
    assert "refused before: missing required column" in message


def test_a_corrected_file_loads_after_its_refusal(project: Project) -> None:
    project.put("a.csv", "<html></html>")
    assert len(project.load().refused) == 1
    project.put("a.csv", CSV)
    assert not project.load().refused
    assert project.log() == [("a.csv", "loaded")]
    assert project.rows("record_id") == [("1",)]


def test_a_good_file_that_is_put_back_ends_its_refusal(project: Project) -> None:
    project.put("a.csv", CSV)
    project.load()
    project.put("a.csv", "<html></html>")
    assert len(project.load().refused) == 1
    assert project.log() == [("a.csv", "loaded"), ("a.csv", "refused")]
    project.put("a.csv", CSV)
    assert [file.status for file in project.load().files] == ["known"]
    assert project.log() == [("a.csv", "loaded")]
    project.put("a.csv", "<html></html>")
    project.load()
    assert project.log() == [("a.csv", "loaded"), ("a.csv", "refused")]


def test_a_changed_reason_replaces_the_logged_one(project: Project) -> None:
    project.put("a.csv", "Email,Stage\na@example.com,Lead\n")
    project.load()
    other = [{**column, "required": True} for column in COLUMNS]
    other[0]["aliases"] = ["Kontakt"]
    project.declare(columns=other)
    project.load()
    ((message,),) = project.log("message")
    assert "Kontakt" in message


def test_a_file_name_without_its_declared_date_is_refused(project: Project) -> None:
    project.declare(extracted_at=r"(\d{4}-\d{2}-\d{2})")
    project.put("contacts.csv", CSV)
    project.put("contacts-2026-02-30.csv", CSV)
    refused = project.load().refused
    assert ["no date in the file's name" in str(f.message) for f in refused] == [True, False]
    assert all("date of the export" in str(f.message) for f in refused)


def test_a_file_that_cannot_be_opened_is_refused_after_its_retries(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.put("a.csv", CSV)
    attempts: list[int] = []

    def failing_open(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "a.csv":
            attempts.append(1)
            raise PermissionError(13, "Permission denied")
        return real_open(path, *args, **kwargs)  # type: ignore[arg-type]

    real_open = Path.open

    def retry(action):  # type: ignore[no-untyped-def]
        for _ in range(2):
            try:
                return action()
            except OSError:
                continue
        return action()

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", failing_open)
        (refused,) = project.load(retry=retry).refused
    assert "Permission denied" in str(refused.message)
    assert len(attempts) == 1 + 3  # a look at what kind of file it is, and three loads
    assert not project.load().refused
    assert project.log() == [("a.csv", "loaded")]


FULL_DISK = [
    'IO Error: Could not write file "/scratch/x.tmp": No space left on device',
    'IO Error: Async write failed: {"exception_message":"Could not write file \\"x\\": No space'
    ' left on device","errno":"28"}',
    'IO Error: Failed to create directory "/scratch/.tmp": Not a directory',
    "IO Error: Could not write all bytes to file: wanted=10 wrote=5",
    'IO Error: Cannot open file "/exports/a.csv": Too many open files',
]


@pytest.mark.parametrize("text", FULL_DISK)
def test_a_full_disk_ends_the_load_and_refuses_no_file(
    project: Project, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    project.put("a.csv", CSV)

    def failing(*_: object) -> None:
        raise duckdb.IOException(text)

    with monkeypatch.context() as patch:
        patch.setattr("keiro.ingest.read.read_csv", failing)
        with pytest.raises((OSError, duckdb.IOException)):
            project.load()
    assert project.log() == []
    assert project.load().new


def test_a_file_that_the_database_cannot_read_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.put("write offs.csv", CSV)

    def failing(*_: object) -> None:
        raise duckdb.IOException(f'IO Error: Could not read from file "{path}": I/O error')

    monkeypatch.setattr("keiro.ingest.read.read_csv", failing)
    (refused,) = project.load().refused
    assert "the read failed" in str(refused.message)


def test_rows_that_do_not_fit_are_quarantined_with_their_reason(project: Project) -> None:
    project.put(
        "a.csv",
        "Record ID,Email,Stage\n"
        "1,a@example.com,Lead\n"
        "2,b@example.com\n"
        ',"c\n@example.com",Lead\n'
        '\n"4","d@example.com",Lead,extra\n'
        "5,e@example.com,Lead\n"
        "6,f@example.com,Lead\n"
        "5,e@example.com,MQL\n"
        "7,g@example.com,Lead\n"
        "7,g@example.com,Lead\n",
    )
    (result,) = project.load().files
    assert project.rows("record_id, _row_number") == [("1", 1), ("6", 6), ("7", 8)]
    assert [
        (n, reason, column, json.loads(raw)) for n, reason, column, raw in project.quarantine()
    ] == [
        (2, "ragged_row", None, ["2", "b@example.com"]),
        (3, "null_key", "record_id", {"email": "c\n@example.com", "stage": "Lead"}),
        (4, "ragged_row", None, ["4", "d@example.com", "Lead", "extra"]),
        (
            5,
            "duplicate_key",
            "record_id",
            {"record_id": "5", "email": "e@example.com", "stage": "Lead"},
        ),
        (
            7,
            "duplicate_key",
            "record_id",
            {"record_id": "5", "email": "e@example.com", "stage": "MQL"},
        ),
    ]
    assert (result.rows_in, result.rows_loaded, result.rows_unchanged) == (9, 3, 1)
    assert result.rows_quarantined == 5
    assert "2 quarantined: duplicate_key (rows 5, 7), first with record_id = '5'" in str(
        result.message
    )


def test_messages_mask_personal_keys(project: Project) -> None:
    project.declare(primary_key=["email"])
    project.put("a.csv", "Record ID,Email\n1,a@example.com\n2,a@example.com\n")
    (result,) = project.load().files
    assert "email = ***" in str(result.message)
    assert "example.com" not in str(result.message)


def test_a_header_without_rows_loads_as_nothing_with_a_warning(
    project: Project, tmp_path: Path
) -> None:
    project.put("a.csv", "Record ID,Email,Stage\n")
    project.put("b.csv", "Record ID,Email,Stage")
    project.put("c.parquet", parquet(tmp_path, "select 1 as record_id where false"))
    summary = project.load()
    assert [(f.status, f.rows_in) for f in summary.files] == [("loaded", 0)] * 3
    assert all("no rows" in str(file.message) for file in summary.files)
