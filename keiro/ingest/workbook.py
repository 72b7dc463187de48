"""Reads a workbook's table into `keiro_incoming`: its sheets become CSV text and are read as such.

So a workbook gets all that CSV gets: header finding, preamble, totals, accounting.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer

from keiro.errors import KeiroError
from keiro.ingest.csv_read import read_csv
from keiro.ingest.sniff import Workbook
from keiro.ingest.stage import Reading, Staged

# What the reader may ask for. It asks for a quarter more than it uses, so that it stays below
# 2 GiB: that is enough for 20 million cells, and a million rows of ten columns take 1.1 GiB.
MEMORY_LIMIT = 5 << 29
# A damaged workbook may keep the reader busy for ever; a large one takes it a minute or two.
TIME_LIMIT_SECONDS = 1800.0
_PROGRAM = Path(__file__).with_name("sheet_program.py")
# The name of the stream in which Office puts a workbook that has a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SHOWN = 5


@dataclass(frozen=True)
class _Sheet:
    name: str
    path: Path
    rounded: dict[str, int]


def read_workbook(reading: Reading, kind: Workbook) -> Staged:
    """Stage the table of a workbook: of the declared sheet, or the first that has one.

    Raises KeiroError where no sheet has it, or the workbook has a password, is damaged or too
    large for the memory.
    """
    _refuse_password(reading.path, reading.where)
    refused: dict[str, KeiroError] = {}
    with _sheets(reading, kind) as sheets:
        for sheet in sheets:
            try:
                staged = read_csv(replace(reading, path=sheet.path))
            except KeiroError as error:
                refused[sheet.name] = error
                sheet.path.unlink()
                continue
            notes = (*staged.notes, *_notes(sheet, alone=not refused))
            return replace(staged, format=kind, notes=notes)
    raise _no_table(reading, refused)


@contextmanager
def _sheets(reading: Reading, kind: Workbook) -> Iterator[Iterator[_Sheet]]:
    """The sheets as CSV files, converted one by one as they are asked for."""
    # The reader goes by the ending of the name.
    link = reading.scratch / f"workbook.{kind}"
    link.symlink_to(reading.path.resolve())
    wanted = [reading.obj.sheet] if reading.obj.sheet is not None else []
    command = [
        *(sys.executable, "-I", str(_PROGRAM), str(link), str(reading.scratch)),
        *(reading.obj.delimiter or ",", str(MEMORY_LIMIT), *wanted),
    ]
    with subprocess.Popen(  # noqa: S603  our own program and names of our own
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    ) as process:
        clock = Timer(TIME_LIMIT_SECONDS, process.kill)
        clock.daemon = True
        clock.start()
        try:
            yield _converted(process, reading.where)
        finally:
            clock.cancel()
            process.kill()


def _converted(process: "subprocess.Popen[str]", where: str) -> Iterator[_Sheet]:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
    while line := process.stdout.readline():
        said = json.loads(line)
        if "sheet" not in said:
            raise _fault(said, where)
        yield _Sheet(said["sheet"], Path(said["path"]), said["rounded"])
        process.stdin.write("next\n")
        process.stdin.flush()
    if process.wait() != 0:
        # Ended from without or by its own hand: an allocation failed where no error can be raised.
        raise _fault({"fault": "memory"}, where)


def _fault(said: dict[str, object], where: str) -> KeiroError:
    if "missing" in said:
        names = said["sheets"]
        listed = ", ".join(repr(name) for name in names) if isinstance(names, list) else ""
        return KeiroError(
            f"the workbook has no sheet {said['missing']!r}; its sheets are {listed}",
            where=where,
            remedy="correct `sheet` of the source, or export the workbook again",
        )
    if said["fault"] == "password":
        return _password(where)
    if said["fault"] == "memory":
        return KeiroError(
            f"the workbook asks for more than {MEMORY_LIMIT / (1 << 30):g} GiB of memory, or more"
            f" than {TIME_LIMIT_SECONDS / 60:g} minutes, to be read",
            where=where,
            remedy="export the data as CSV, which is read as a stream, or in several workbooks",
        )
    return KeiroError(
        "the workbook is damaged or cut off",
        where=where,
        remedy="transfer it again; if a spreadsheet program opens it, save it anew as XLSX",
    )


def _refuse_password(path: Path, where: str) -> None:
    before = b""
    with path.open("rb") as stream:
        if not stream.read(4).startswith(b"\xd0\xcf\x11\xe0"):
            return
        while block := stream.read(1 << 20):
            if _ENCRYPTED in before + block:
                raise _password(where)
            before = block[-len(_ENCRYPTED) :]


def _password(where: str) -> KeiroError:
    return KeiroError(
        "the workbook is protected by a password",
        where=where,
        remedy="save it without the password",
    )


def _notes(sheet: _Sheet, *, alone: bool) -> Iterator[str]:
    if not alone:
        yield f"read from the sheet {sheet.name!r}"
    for position, count in sheet.rounded.items():
        yield (
            f"{count} numbers of more than 15 digits in column {int(position) + 1} may have lost"
            " digits in the spreadsheet: export ids as text, or as CSV"
        )


def _no_table(reading: Reading, refused: dict[str, KeiroError]) -> KeiroError:
    if not refused:
        return KeiroError(
            "the workbook is empty", where=reading.where, remedy="export the data again"
        )
    first = next(iter(refused.values()))
    if len(refused) == 1:
        return first
    reasons = [f"{name!r}: {error.what}" for name, error in refused.items()][:_SHOWN]
    return KeiroError(
        f"none of its {len(refused)} sheets has the table: {'; '.join(reasons)}",
        where=reading.where,
        remedy=first.remedy,
    )
