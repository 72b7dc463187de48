"""Snapshots in any order of arrival: as of each date, the live rows are the right snapshot's."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_project import Project

DATED = r"(\d{4}-\d{2}-\d{2})"
HEADER = "Record ID,Email,Stage\n"
DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")
# Two files of a day, the second by name overruling the first.
NAMES = [f"c-{day}{suffix}.csv" for day in DAYS for suffix in ("", " (1)")]
Rows = dict[str, str]


@dataclass(frozen=True)
class Arrival:
    """A file put into the folder (over what had its name), and whether a load follows at once."""

    name: str
    rows: Rows
    load: bool


ARRIVALS = st.lists(
    st.builds(
        Arrival,
        st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from("12"), st.sampled_from("AB")),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


def content(rows: Rows) -> str:
    return HEADER + "".join(f"{key},,{stage}\n" for key, stage in sorted(rows.items()))


def live(project: Project, day: str, key: str) -> Rows:
    """What raw says was there on a day."""
    return dict(
        project.query(
            "select record_id, stage from (select * from raw.crm__contacts"
            f" where _extracted_at <= '{day}' qualify row_number() over (partition by {key}"
            " order by _extracted_at desc, _load_seq desc) = 1) where not _is_deleted"
        )
    )


def replayed(folder: dict[str, Rows], day: str) -> Rows:
    """What the files say: the last file of the last day that has one."""
    names = sorted((name[2:12], name.removesuffix(".csv")) for name in folder)
    before = [name for date, name in names if date <= day]
    return folder[f"{before[-1]}.csv"] if before else {}


@pytest.mark.parametrize("key", ["record_id", "_row_hash"])
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arrivals=ARRIVALS)
def test_any_order_of_arrival_gives_the_right_rows_on_each_day(
    key: str, arrivals: list[Arrival]
) -> None:
    folder: dict[str, Rows] = {}
    with tempfile.TemporaryDirectory() as place:
        project = Project(Path(place))
        keys = [] if key == "_row_hash" else [key]
        project.declare(extracted_at=DATED, primary_key=keys, max_lost_share=1)
        for number, arrival in enumerate(arrivals, start=1):
            project.put(arrival.name, content(arrival.rows))
            folder[arrival.name] = arrival.rows
            if arrival.load or number == len(arrivals):
                project.load()
                for day in DAYS:
                    assert live(project, day, key) == replayed(folder, day)
        before = project.state()
        project.load()
        assert project.state() == before
        project.con.close()
