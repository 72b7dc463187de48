"""A remote store's names are matched as a folder's are: the answers are `Path.glob`'s."""

from pathlib import Path

import pytest

from keiro.ingest.names import matches

NAMES = [
    "a.csv",
    "A.CSV",
    "x/a.csv",
    "x/y/a.csv",
    "x/y/b.ndjson",
    "x/[1].csv",
    "月/次 報.csv",
    ".h",
]
PATTERNS = [
    *("*.csv", "**/*.csv", "x/*.csv", "x/**/*.csv", "x/**/a.csv", "**/y/*", "*/*.csv", "*"),
    *("x/[[]1].csv", "?.csv", "月/*.csv", "**/*", "x/y/z/*.csv", "x/a.csv", "[ab].csv"),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_it_matches_in_a_folder(tmp_path: Path, pattern: str) -> None:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.glob(pattern) if p.is_file()}
    assert {name for name in NAMES if matches(pattern, name)} == found
