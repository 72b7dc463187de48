"""Reads the content of one file, whatever its format, into `keiro_incoming`."""

import errno
import os
import re
from dataclasses import replace
from pathlib import Path

import duckdb

from keiro.ingest.containers import decompress, no_member
from keiro.ingest.content import Content
from keiro.ingest.csv_read import read_csv
from keiro.ingest.decode import decode
from keiro.ingest.delivery import DIRECT_BYTES, DirectLoad
from keiro.ingest.ndjson import read_ndjson
from keiro.ingest.parquet import read_parquet
from keiro.ingest.sniff import is_archive, refuse_wrong_content, table_format
from keiro.ingest.stage import Reading, Staged
from keiro.ingest.workbook import read_workbook

# Errors that no file is to blame for: no space left, quota, too many open files.
OUR_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)
# The same where DuckDB meets them: it writes its temporary files, never an export.
_OUR_WRITES = re.compile(
    r"\bwrit(?:e|ing)\b|create directory|temp_directory|temporary|offload|fsync|truncate", re.I
)


def read_content(
    con: duckdb.DuckDBPyConnection,
    content: Content,
    direct: DirectLoad | None = None,
) -> Staged:
    """Stage the rows of a file, those of a big one straight into raw if `direct` is given.

    Raises KeiroError for its content, OSError for failing I/O, and DuckDB's own error where it
    could not write what it needs beside memory: no file is to blame for that.
    """
    try:
        return _stage(con, content, direct)
    except duckdb.IOException as error:
        text = str(error).replace(str(content.path), "").replace(str(content.scratch), "")
        text = text.split("\n")[0]
        for trouble in OUR_TROUBLE:
            if os.strerror(trouble) in text:
                raise OSError(trouble, os.strerror(trouble)) from error
        if _OUR_WRITES.search(text):
            raise
        raise OSError(errno.EIO, "the read failed", content.file.name) from error


def _stage(
    con: duckdb.DuckDBPyConnection,
    content: Content,
    direct: DirectLoad | None,
) -> Staged:
    """Unpack and decode the file, find its table and parse its rows."""
    name, obj, scratch = content.file.name, content.file.obj, content.scratch
    day = content.file.extracted_at
    if is_archive(content.path):
        raise no_member(content.path, obj.members, obj.declared_in, name)
    path, survey = _plain_name(content.path, scratch), content.survey
    path, survey = decompress(path, scratch, name) or (path, survey)
    kind = table_format(path, obj, name)
    reading = Reading(con, obj, path, "binary", scratch, name, day)
    if kind in ("xlsx", "xlsb", "ods", "xls"):
        return read_workbook(reading, kind)
    refuse_wrong_content(path, kind, name)
    if path.stat().st_size >= DIRECT_BYTES:
        reading = replace(reading, direct=direct)
    if kind == "parquet":
        return read_parquet(reading)
    text = decode(path, survey, obj.encodings if kind == "csv" else ("utf-8",), scratch, name)
    reading = replace(reading, path=text.path, encoding=text.encoding, is_plain=text.is_plain)
    return read_ndjson(reading) if kind == "ndjson" else read_csv(reading)


def _plain_name(path: Path, scratch: Path) -> Path:
    """The file under a name that is just a name to DuckDB.

    It takes `*` for a pattern and a folder `stage=Lead` for the column `stage` of all its files;
    a name that is no UTF-8 it cannot open.
    """
    text = str(path)
    if text.isprintable() and not any(sign in text for sign in "*?[]{}="):
        return path
    link = scratch / "input"
    link.symlink_to(path.resolve())
    return link
