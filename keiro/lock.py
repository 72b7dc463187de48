"""One run at a time: an operating-system lock that ends with the process that holds it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from keiro.errors import ExitCode, KeiroError


@contextmanager
def exclusive(lock_file: Path) -> Iterator[None]:
    """Hold `lock_file` for the duration of the block, or fail at once.

    The lock is the kernel's, so a killed run leaves none behind; the note beside it only says
    who holds it. Raises KeiroError (BUSY) when another process has it.
    """
    from filelock import FileLock, Timeout

    lock_file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_file)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise KeiroError(
            f"another run is going on ({_holder(lock_file)})",
            where=str(lock_file),
            remedy="wait until it has ended, or end that process; nothing was changed",
            exit_code=ExitCode.BUSY,
        ) from error
    try:
        _sign(lock_file)
        yield
    finally:
        _note(lock_file).unlink(missing_ok=True)
        lock.release()


def _note(lock_file: Path) -> Path:
    return lock_file.with_name(lock_file.name + ".json")


def _sign(lock_file: Path) -> None:
    """Write who holds the lock, in one rename, so that a reader never sees half a note."""
    since = datetime.now(UTC).isoformat(timespec="seconds")
    draft = _note(lock_file).with_suffix(".tmp")
    draft.write_text(json.dumps({"pid": os.getpid(), "since": since}), encoding="utf-8")
    draft.replace(_note(lock_file))


def _holder(lock_file: Path) -> str:
    try:
        note = json.loads(_note(lock_file).read_text(encoding="utf-8"))
        return f"process {note['pid']}, since {note['since']}"
    except (OSError, ValueError, KeyError):
        return "it has just started"
