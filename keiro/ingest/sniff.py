"""What a file's bytes say it is, whatever its name says."""

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Literal

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject

HEAD_BYTES = 4096
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
# A ZIP file begins with a member, or where it is empty with its end.
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
PARQUET_MAGIC = b"PAR1"
Workbook = Literal["xlsx", "xlsb", "ods", "xls"]
Kind = Literal["csv", "ndjson", "parquet", "xlsx", "xlsb", "ods", "xls"]
# Byte order marks may precede the text; NULs come with UTF-16 and are ignored for the comparison.
_HTML = re.compile(rb"^\s*(<!--.*?-->\s*)?<(!doctype|html|head|body|table|\?xml)\b", re.I | re.S)
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a workbook or an office document", "export the data again"),
    (OLE_MAGIC, "an old Excel workbook or office document", "export the data again"),
    (b"%PDF-", "a PDF", "export the data as CSV"),
    (b"version https://git-lfs", "a Git LFS pointer, not the data", "run `git lfs pull`"),
    (b"SQLite format 3", "an SQLite database", "export the data as CSV"),
)
_PACKED_ENDINGS = (".gz", ".zst")
_ENDINGS: dict[str, Literal["csv", "ndjson", "parquet", "xlsx"]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
}


def table_format(path: Path, obj: SourceObject, name: str) -> Kind:
    """What to read an unpacked file as: by its content, its declaration, its name's ending.

    A workbook under any name is read as a workbook, and text that calls itself a workbook as CSV.
    Raises KeiroError where nothing tells the format.
    """
    workbook = workbook_kind(path)
    if workbook is not None and obj.format in ("auto", "csv", "xlsx"):
        return workbook
    declared = obj.format if obj.format != "auto" else _format_of_ending(name)
    if declared is None:
        raise KeiroError(
            "the ending of the name tells no format",
            where=name,
            remedy=f"declare `format` for {obj.title} in {obj.declared_in}",
        )
    return "csv" if declared == "xlsx" else declared


def _format_of_ending(name: str) -> Literal["csv", "ndjson", "parquet", "xlsx"] | None:
    endings = [ending.lower() for ending in PurePosixPath(name).suffixes]
    telling = [ending for ending in endings if ending not in _PACKED_ENDINGS]
    return _ENDINGS.get(telling[-1]) if telling else None


def workbook_kind(path: Path) -> Workbook | None:
    """The kind of workbook that the content is; None for anything else, damaged ones too."""
    head = first_bytes(path)
    if head.startswith(OLE_MAGIC):
        return "xls"
    names = _zip_names(path, head)
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "ods" if {"mimetype", "content.xml"} <= names else None


def is_archive(path: Path) -> bool:
    """Whether the content is a ZIP archive of files, whole or damaged, and no office document."""
    head = first_bytes(path)
    if not head.startswith(_ZIP_MAGICS):
        return False
    names = _zip_names(path, head)
    return "[Content_Types].xml" not in names and workbook_kind(path) is None


def _zip_names(path: Path, head: bytes) -> frozenset[str]:
    if not head.startswith(_ZIP_MAGICS):
        return frozenset()
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return frozenset()


def is_gzip(path: Path) -> bool:
    """Whether the content is gzip, by its magic bytes."""
    return first_bytes(path).startswith(GZIP_MAGIC)


def is_zstd(path: Path) -> bool:
    """Whether the content begins with a frame of zstd, or one that zstd skips."""
    head = first_bytes(path)
    return head.startswith(ZSTD_MAGIC) or (head[1:4] == b"\x2a\x4d\x18" and head[0] >> 4 == 5)


def first_bytes(path: Path, count: int = 8) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(count)


def refuse_wrong_content(path: Path, kind: Kind, where: str) -> None:
    """Raises KeiroError where the content is empty or plainly something other than `kind`."""
    head = first_bytes(path, HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise KeiroError("the file is empty", where=where, remedy="export the data again")
    for magic, meaning, remedy in _SIGNATURES:
        if head.startswith(magic):
            raise KeiroError(
                f"the content is {meaning}, not {kind.upper()}", where=where, remedy=remedy
            )
    if _HTML.match(head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")):
        raise KeiroError(
            f"the content is HTML or XML (often a login or error page), not {kind.upper()}",
            where=where,
            remedy="log in and export the data again",
        )
    if kind == "parquet":
        _refuse_cut_parquet(path, head, where)
    elif head.startswith(PARQUET_MAGIC):
        raise KeiroError(
            f"the content is Parquet, not {kind.upper()}",
            where=where,
            remedy="declare `format: parquet`, or `auto` and the ending .parquet",
        )


def _refuse_cut_parquet(path: Path, head: bytes, where: str) -> None:
    if not head.startswith(PARQUET_MAGIC):
        raise KeiroError(
            "the content is not Parquet", where=where, remedy="export the data again as Parquet"
        )
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4))
        if stream.read(4) != PARQUET_MAGIC:
            raise KeiroError(
                "the Parquet file is cut off: its end is missing",
                where=where,
                remedy="transfer the file again",
            )
