"""What a file's first bytes say it is, whatever its name says."""

import re
from pathlib import Path

from keiro.errors import KeiroError
from keiro.ingest.files import ExportFile

HEAD_BYTES = 4096
GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"
# Byte order marks may precede the text; NULs come with UTF-16 and are ignored for the comparison.
_HTML = re.compile(rb"^\s*(<!--.*?-->\s*)?<(!doctype|html|head|body|table|\?xml)\b", re.I | re.S)
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an XLSX workbook", "unpack it, or save the sheet as CSV"),
    (b"PK\x05\x06", "an empty ZIP archive", "export the data again"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)", "save the sheet as CSV"),
    (b"%PDF-", "a PDF", "export the data as CSV"),
    (b"version https://git-lfs", "a Git LFS pointer, not the data", "run `git lfs pull`"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "decompress it"),
    (b"SQLite format 3", "an SQLite database", "export the data as CSV"),
)
_ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".parquet": "parquet",
}


def declared_format(file: ExportFile) -> str:
    """`csv`, `ndjson` or `parquet`: as declared, or by the ending of the name for `auto`."""
    if file.obj.format != "auto":
        return file.obj.format
    endings = [ending.lower() for ending in file.path.suffixes if ending.lower() != ".gz"]
    kind = _ENDINGS.get(endings[-1]) if endings else None
    if kind is None:
        raise KeiroError(
            "the ending of the name tells no format",
            where=file.name,
            remedy=f"declare `format` for {file.obj.title} in {file.obj.declared_in}",
        )
    return kind


def is_gzip(path: Path) -> bool:
    """Whether the content is gzip, by its magic bytes."""
    with path.open("rb") as stream:
        return stream.read(2) == GZIP_MAGIC


def refuse_wrong_content(path: Path, kind: str, where: str) -> None:
    """Raises KeiroError where the content is empty or plainly something other than `kind`."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
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
