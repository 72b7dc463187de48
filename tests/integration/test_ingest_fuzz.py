"""300 damaged files: none crashes or hangs the load, and the rows of each add up."""

from pathlib import Path

from ingest_fuzz import Fuzzer

FILES = 300


def test_damaged_files_never_crash_and_always_add_up(tmp_path: Path) -> None:
    fuzzer = Fuzzer(tmp_path, seed=3)
    fuzzer.run(range(FILES))
    assert fuzzer.findings.wrong == []
    outcomes = fuzzer.findings.outcomes
    # Damage that hits nothing, or everything, would not try the loading.
    assert outcomes["loaded"] > FILES / 4
    assert outcomes["refused"] > FILES / 4
