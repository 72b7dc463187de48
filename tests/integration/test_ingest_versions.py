"""The newest version of each key, whichever load brought most of them."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from ingest_project import Project

DATED = r"(\d{4}-\d{2}-\d{2})"
State = dict[str, str]


def history(sizes: list[int], draw: random.Random) -> Iterator[State]:
    """A state a day: as many keys as said, some changed, some gone, some of those back again."""
    state: State = {}
    gone: list[str] = []
    for day, size in enumerate(sizes):
        back = draw.sample(gone, min(3, len(gone)))
        gone = draw.sample(sorted(state), min(5, len(state) // 2))
        state = {key: stage for key, stage in state.items() if key not in gone}
        state |= {key: draw.choice("AB") for key in draw.sample(sorted(state), len(state) // 4)}
        state |= {key: draw.choice("AB") for key in back}
        state |= {f"{day}-{n}": "A" for n in range(max(0, size - len(state)))}
        yield dict(state)


@pytest.mark.parametrize(
    ("sizes", "has_bulk"),
    [
        ([300, 300, 300, 300, 300], True),
        # Keys of the first file are older in it than in the one that brings most.
        ([30, 400, 400, 400, 400], True),
        ([20, 40, 60, 80, 100], False),
    ],
)
def test_each_day_is_compared_with_the_newest_version_of_each_key(
    tmp_path: Path, sizes: list[int], has_bulk: bool
) -> None:
    """What is new, the same and gone by day, and the rows as of each day, as they were drawn."""
    project = Project(tmp_path)
    project.declare(extracted_at=DATED)
    states = list(history(sizes, random.Random(1)))  # noqa: S311
    expected = []
    before: State = {}
    for day, state in enumerate(states, start=1):
        rows = "".join(f"{key},,{stage}\n" for key, stage in state.items())
        project.put(f"c-2026-01-0{day}.csv", "Record ID,Email,Stage\n" + rows)
        project.load()
        same = sum(before.get(key) == stage for key, stage in state.items())
        expected.append((len(state), len(state) - same, same, len(before.keys() - state.keys())))
        before = state
    assert project.log("rows_in, rows_loaded, rows_unchanged, rows_deleted") == expected
    for day, state in enumerate(states, start=1):
        newest = project.query(
            "select record_id, stage, _is_deleted from raw.crm__contacts"
            f" where _extracted_at <= '2026-01-0{day}'"
            " qualify row_number() over (partition by record_id order by _extracted_at desc) = 1"
        )
        assert {key: stage for key, stage, is_deleted in newest if not is_deleted} == state
    ((share,),) = project.query(
        "select max(n) / sum(n) from"
        " (select count(*) as n from raw.crm__contacts group by _load_seq)"
    )
    assert (share > 0.5) == has_bulk


def test_the_changed_rows_of_a_snapshot_keep_their_numbers(tmp_path: Path) -> None:
    """Joins do not keep the order of rows: the numbers must not come after one."""
    project = Project(tmp_path)
    project.declare(extracted_at=DATED)
    rows = 200_000
    for day in (1, 2):
        stages = ("B" if day == 2 and n % 7 == 0 else "A" for n in range(1, rows + 1))
        lines = "".join(f"{n},{n:0100},{stage}\n" for n, stage in enumerate(stages, start=1))
        project.put(f"c-2026-01-0{day}.csv", "Record ID,Email,Stage\n" + lines)
        project.load()
    assert project.query(
        "select count(*), count(*) filter (_row_number = record_id::bigint)"
        " from raw.crm__contacts where _load_seq = 2"
    ) == [(rows // 7, rows // 7)]
