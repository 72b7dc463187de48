"""One run at a time, and no lock that outlives its holder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keiro.errors import ExitCode, KeiroError
from keiro.lock import exclusive

HOLD = """
import sys, time
from pathlib import Path
from keiro.lock import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(lock: Path) -> "subprocess.Popen[str]":
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_run_is_refused_at_once_and_told_who_holds_it(tmp_path: Path) -> None:
    lock = tmp_path / "work.lock"
    holder = hold(lock)
    try:
        with pytest.raises(KeiroError) as caught, exclusive(lock):
            pass
    finally:
        holder.kill()
        holder.communicate()

    assert caught.value.exit_code == ExitCode.BUSY
    assert f"process {holder.pid}, since 20" in str(caught.value)


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    lock = tmp_path / "work.lock"
    holder = hold(lock)
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()

    with exclusive(lock):
        pass


def test_the_lock_ends_with_the_block_even_after_an_error(tmp_path: Path) -> None:
    lock = tmp_path / "work.lock"
    with pytest.raises(ValueError, match="inside"), exclusive(lock):
        raise ValueError("inside")

    with exclusive(lock):
        pass
