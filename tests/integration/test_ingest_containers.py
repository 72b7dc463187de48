"""gz, zst and zip: each member is a file of its own; what cannot be unpacked is refused by name."""

import gzip
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from blake3 import blake3
from ingest_project import COLUMNS, Project

from keiro.ingest import LoadSummary, known
from keiro.ingest.survey import Survey

HEADER = "Record ID,Email,Stage\n"
CSV = HEADER + "1,a@example.com,Lead\n2,b@example.com,Customer\n"
ROWS = [("1", "a@example.com", "Lead"), ("2", "b@example.com", "Customer")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.declare(files=["**/*"], mode="append")
    return project


def zipped(members: dict[str, str | bytes], **how: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **how)
    return buffer.getvalue()


def refusal(summary: LoadSummary) -> str:
    (refused,) = summary.refused
    assert refused.message is not None
    assert refused.message.startswith(f"{refused.file_name}: ")
    assert "remedy: " in refused.message
    return refused.message


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "a.csv"])
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_packed_files_are_read_whatever_their_name_says(
    project: Project, name: str, pack: Callable[[bytes], bytes]
) -> None:
    content = pack(CSV.encode())
    project.put(name, content)
    project.load()
    assert project.rows() == ROWS
    assert project.log("content_hash, format") == [(blake3(content).hexdigest(), "csv")]


def test_a_packed_stream_of_several_frames_is_read_to_its_end(project: Project) -> None:
    lines = [HEADER, *(f"{n},x{n}@example.com,Lead\n" for n in range(5))]
    project.put("a.csv.zst", b"".join(zstandard.compress(line.encode()) for line in lines))
    project.put("b.csv.gz", b"".join(gzip.compress(line.encode()) for line in [HEADER, "9,,\n"]))
    project.load()
    assert [row[0] for row in project.rows()] == ["0", "1", "2", "3", "4", "9"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_cut_off_packed_file_is_refused(project: Project, pack: Callable[[bytes], bytes]) -> None:
    text = HEADER + "".join(f"{n},{hashlib.sha256(bytes([n])).hexdigest()},\n" for n in range(250))
    project.put("a.csv.gz", pack(text.encode())[:-900])
    assert "cut off or damaged" in refusal(project.load())
    assert project.rows() == []


def test_members_are_files_of_their_own(project: Project) -> None:
    project.put("crm/all.zip", zipped({"x/b.csv": CSV, "a.ndjson": '{"record_id": "7"}\n'}))
    summary = project.load()
    assert project.log("file_name, status, format, rows_in, content_hash") == [
        ("crm/all.zip/a.ndjson", "loaded", "ndjson", 1, _digest('{"record_id": "7"}\n')),
        ("crm/all.zip/x/b.csv", "loaded", "csv", 2, _digest(CSV)),
    ]
    assert summary.found == 2
    assert project.query("select distinct _file_name from raw.crm__contacts order by 1") == [
        ("crm/all.zip/a.ndjson",),
        ("crm/all.zip/x/b.csv",),
    ]
    assert [file.status for file in project.load().files] == ["known", "known"]


def _digest(text: str) -> str:
    return blake3(text.encode()).hexdigest()


def _declare_two(project: Project) -> None:
    columns = [
        {"name": c["name"], "config": {"meta": {k: v for k, v in c.items() if k != "name"}}}
        for c in COLUMNS
    ]
    tables = [
        {
            "name": name,
            "identifier": f"crm__{name}",
            "config": {"meta": {"files": ["WE_*.ZIP"], "members": [f"{member}.csv"]}},
            "columns": columns,
        }
        for name, member in (("contacts", "Lead"), ("deals", "Opportunity"))
    ]
    for table in tables:
        table["config"]["meta"] |= {"primary_key": ["record_id"], "mode": "append"}  # type: ignore[index]
    project.write_sources([{"name": "crm", "schema": "raw", "tables": tables}])


def test_one_archive_feeds_several_objects_and_an_object_comes_from_several(
    project: Project,
) -> None:
    _declare_two(project)
    project.put("WE_1.ZIP", zipped({"Lead.csv": CSV, "Opportunity.csv": HEADER + "5,,Won\n"}))
    project.put("WE_2.ZIP", zipped({"Lead.csv": HEADER + "3,c@example.com,Lead\n"}))
    # A copy of a member, a header without rows, and what is nobody's file.
    project.put("WE_3.ZIP", zipped({"Lead.csv": CSV, "Opportunity.csv": HEADER, "Task.csv": "x"}))
    project.load()
    assert project.log("object, file_name, status, rows_in") == [
        ("contacts", "WE_1.ZIP/Lead.csv", "loaded", 2),
        ("contacts", "WE_2.ZIP/Lead.csv", "loaded", 1),
        ("contacts", "WE_3.ZIP/Lead.csv", "duplicate_delivery", 2),
        ("deals", "WE_1.ZIP/Opportunity.csv", "loaded", 1),
        ("deals", "WE_3.ZIP/Opportunity.csv", "loaded", 0),
    ]
    assert [row[0] for row in project.rows()] == ["1", "2", "3"]
    assert project.query("select record_id from raw.crm__deals") == [("5",)]


def test_an_archive_that_feeds_nothing_is_refused_once_with_what_it_holds(
    project: Project,
) -> None:
    _declare_two(project)
    project.put("WE_1.ZIP", zipped({f"Task{n}.csv": CSV for n in range(7)}))
    message = refusal(project.load())
    assert "matches Lead.csv" in message
    assert "Task0.csv, Task1.csv, Task2.csv, Task3.csv, Task4.csv and 2 more" in message
    project.put("WE_1.ZIP", zipped({"Opportunity.csv": CSV}))
    assert not project.load().refused
    assert project.log("file_name, status") == [("WE_1.ZIP/Opportunity.csv", "loaded")]


def test_what_file_managers_leave_behind_is_no_file(project: Project) -> None:
    junk = {"__MACOSX/._a.csv": b"\0\5", ".DS_Store": b"\0", "x/Thumbs.db": b"\0", "x/": b""}
    project.put("a.zip", zipped({**junk, "x/a.csv": CSV}))
    assert [file.file_name for file in project.load().files] == ["a.zip/x/a.csv"]
    project.put("b.zip", zipped(junk))
    assert "holds no files" in refusal(project.load())


def test_an_archive_under_the_name_of_a_table_is_read_as_what_it_is(project: Project) -> None:
    project.declare(files=["*.csv"], mode="append")
    project.put("a.csv", zipped({"inner.csv": CSV}))
    project.load()
    assert project.log() == [("a.csv/inner.csv", "loaded")]


@pytest.mark.parametrize("name", ["見込み客.csv", "表.csv"])  # the second ends in a backslash byte
def test_names_without_the_flag_for_utf8_are_readable(project: Project, name: str) -> None:
    placeholder = "n" * len(name.encode("cp932"))
    content = zipped({placeholder: CSV}).replace(placeholder.encode(), name.encode("cp932"))
    project.put("a.zip", content)
    project.load()
    assert project.log() == [(f"a.zip/{name}", "loaded")]


def damaged(content: bytes) -> bytes:
    place = content.index(b"a.csv") + len("a.csv") + 20
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def encrypted(content: bytes) -> bytes:
    """The flag of encryption in both headers of the one member."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[content.index(magic) + offset] |= 1
    return bytes(changed)


WHOLE = zipped({"a.csv": HEADER + "".join(f"{n},,Lead\n" for n in range(500))})
BAD: list[tuple[str, bytes, str, str]] = [
    ("cut", WHOLE[:-40], "a.zip", "cut off or damaged"),
    ("damaged", damaged(WHOLE), "a.zip/a.csv", "cut off or damaged"),
    ("encrypted", encrypted(WHOLE), "a.zip/a.csv", "encrypted"),
    ("escaping", zipped({"../../a.csv": CSV}), "a.zip/../../a.csv", "leads out"),
    ("absolute", zipped({"/etc/a.csv": CSV}), "a.zip//etc/a.csv", "leads out"),
    ("drive", zipped({"C:\\a.csv": CSV}), "a.zip/C:/a.csv", "leads out"),
    ("nested", zipped({"b.zip": WHOLE}), "a.zip/b.zip", "archive within an archive"),
    ("twice packed", gzip.compress(WHOLE, mtime=0), "a.zip", "archive within an archive"),
    ("empty", zipped({}), "a.zip", "holds no files"),
    ("html", zipped({"a.csv": "<html>"}), "a.zip/a.csv", "HTML"),
    ("document", zipped({"[Content_Types].xml": "x", "word/a.xml": "x"}), "a.zip", "document"),
]


@pytest.mark.parametrize(
    ("content", "name", "reason"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_what_cannot_be_unpacked_is_refused_and_the_others_load(
    project: Project, content: bytes, name: str, reason: str
) -> None:
    project.declare(files=["*"], mode="append", format="csv")
    project.put("a.zip", content)
    project.put("z.zip", zipped({"z.csv": CSV}))
    summary = project.load()
    assert summary.refused[0].file_name == name
    assert reason in refusal(summary)
    assert project.rows() == ROWS
    assert project.log() == [(name, "refused"), ("z.zip/z.csv", "loaded")]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(project: Project) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("a.csv", HEADER)
    project.put("a.zip", buffer.getvalue())
    assert "2 files of this name" in refusal(project.load())


@pytest.mark.parametrize("kind", ["a.zip", "a.csv.gz", "a.csv.zst"])
def test_a_bomb_is_refused_before_it_fills_the_disk(
    project: Project, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keiro.ingest.containers.BOMB_BYTES", 1 << 20)
    content = HEADER.encode() + b"1,x,y\n" * 1_000_000
    pack = {"a.zip": lambda c: zipped({"a.csv": c}), "a.csv.gz": gzip.compress}
    project.put(kind, pack.get(kind, zstandard.compress)(content))
    message = refusal(project.load())
    assert "250 times" in message
    assert project.rows() == []


def test_a_known_archive_costs_one_hash_of_itself(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.put("a.zip", zipped({"a.csv": CSV, "b.csv": HEADER + "3,,\n"}))
    project.load()
    hashed: list[str] = []
    real = known.survey

    def counted(path: Path) -> Survey:
        hashed.append(path.name)
        return real(path)

    def unpack(*_: object) -> None:
        pytest.fail("a member was unpacked")

    with monkeypatch.context() as patch:
        patch.setattr(known, "survey", counted)
        patch.setattr(zipfile.ZipFile, "open", unpack)
        assert [file.status for file in project.load().files] == ["known", "known"]
    assert hashed == ["a.zip"]


def test_a_changed_archive_loads_the_members_that_changed(project: Project) -> None:
    project.put("a.zip", zipped({"a.csv": CSV, "b.csv": HEADER + "3,,\n"}))
    project.load()
    project.put("a.zip", zipped({"a.csv": CSV, "b.csv": HEADER + "3,,\n4,,\n"}))
    assert [(f.file_name, f.status) for f in project.load().files] == [
        ("a.zip/a.csv", "known"),
        ("a.zip/b.csv", "loaded"),
    ]


def test_the_date_may_stand_in_the_archives_name(project: Project) -> None:
    project.declare(files=["**/*.zip"], extracted_at=r"(\d{4}-\d{2}-\d{2})")
    project.put("2024-01-01/WE_2024-03-02.zip", zipped({"Lead.csv": CSV}))
    project.load()
    days = project.query("select distinct _extracted_at::varchar from raw.crm__contacts")
    assert days == [("2024-03-02",)]
