"""Writing the demo: the same bytes for the same arguments, and care for what is there."""

import csv
import hashlib
import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from keiro.demo import write_demo
from keiro.errors import ExitCode, KeiroError

START, END = date(2026, 2, 20), date(2026, 9, 15)
TINY_START = date(2026, 8, 1)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def small(folder: Path) -> None:
    write_demo(folder, start=START, end=END, scale=0.1)


def tiny(folder: Path, *, seed: int = 0, incidents: bool = True) -> None:
    write_demo(folder, start=TINY_START, end=END, scale=0.1, seed=seed, incidents=incidents)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    small(tmp_path / "a")
    small(tmp_path / "b")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert any(name.endswith(".parquet") for name in hashes(tmp_path / "a"))


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    tiny(tmp_path / "a")
    tiny(tmp_path / "b", seed=1)
    name = "hubspot/hubspot-crm-exports-all-contacts-2026-09-15.csv"
    assert hashes(tmp_path / "a")[name] != hashes(tmp_path / "b")[name]


def test_a_second_demo_replaces_the_first(tmp_path: Path) -> None:
    write_demo(tmp_path / "a", start=TINY_START, end=date(2026, 9, 14), scale=0.1)
    assert (tmp_path / "a/hubspot/hubspot-crm-exports-all-deals-2026-09-14.csv").exists()
    tiny(tmp_path / "a")
    tiny(tmp_path / "b")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_a_period_within_months_is_cut_at_its_ends(tmp_path: Path) -> None:
    small(tmp_path)
    names = hashes(tmp_path)
    assert "hubspot/hubspot-crm-exports-all-contacts-2026-08-31.csv" in names
    events = sorted(name for name in names if name.startswith("ga4/"))
    assert events[0] == "ga4/events_20260220.ndjson"
    assert events[-1] == "ga4/events_20260915.parquet"
    # Six months before the end.
    assert "ga4/events_20260315.ndjson" in names
    assert "ga4/events_20260316.parquet" in names
    first = (tmp_path / "google_ads/campaign_report_2026-02.csv").read_text("utf-8").splitlines()
    assert first[1] == '"February 20, 2026 - February 28, 2026"'
    last = (tmp_path / "google_ads/campaign_report_2026-09.csv").read_text("utf-8").splitlines()
    assert last[1] == "2026年9月1日～2026年9月15日"


def test_without_incidents_there_are_none(tmp_path: Path) -> None:
    tiny(tmp_path, incidents=False)
    truth = json.loads((tmp_path / "_truth/truth.json").read_text("utf-8"))
    assert truth["incidents"] == []
    assert len(truth["incidents_left_out"]) == 4
    assert not [name for name in hashes(tmp_path) if "(1)" in name]
    deals = tmp_path / "hubspot/hubspot-crm-exports-all-deals-2026-09-15.csv"
    assert "Solution Review" not in deals.read_text("utf-8")


def test_real_exports_are_never_mixed_or_removed(tmp_path: Path) -> None:
    own = tmp_path / "hubspot/hubspot-crm-exports-all-contacts-2026-05-01.csv"
    own.parent.mkdir()
    own.write_text("Record ID\n1\n", encoding="utf-8")
    with pytest.raises(KeiroError) as caught:
        tiny(tmp_path)
    assert str(own) in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE
    assert hashes(tmp_path).keys() == {str(own.relative_to(tmp_path))}


def test_a_file_added_to_a_demo_stops_the_next_one(tmp_path: Path) -> None:
    tiny(tmp_path)
    before = hashes(tmp_path)
    (tmp_path / "ga4/events_20270101.ndjson").write_text("{}\n", encoding="utf-8")
    with pytest.raises(KeiroError, match="no demo's"):
        tiny(tmp_path)
    after = hashes(tmp_path)
    del after["ga4/events_20270101.ndjson"]
    assert after == before


def test_a_listing_cannot_remove_files_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_text("kept", encoding="utf-8")
    folder = tmp_path / "exports"
    tiny(folder)
    with (folder / "_truth/files.txt").open("a", encoding="utf-8") as listing:
        listing.write("../precious.txt\n")
    tiny(folder)
    assert outside.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": date(2026, 9, 10)},
        {"start": date(2026, 12, 1)},
        {"scale": 0.0},
        {"scale": float("nan")},
        {"seed": -1},
    ],
)
def test_arguments_that_cannot_be_are_refused(tmp_path: Path, wrong: dict[str, object]) -> None:
    arguments: dict[str, object] = {"start": START, "end": END, "scale": 0.1} | wrong
    with pytest.raises(KeiroError) as caught:
        write_demo(tmp_path / "exports", **arguments)  # type: ignore[arg-type]
    assert caught.value.remedy
    assert not (tmp_path / "exports").exists()


def test_progress_is_told_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    write_demo(
        tmp_path,
        start=TINY_START,
        end=END,
        scale=0.1,
        progress=lambda step, share: told.append((step, share)),
    )
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(step for step, _ in told)


def test_follow_ups_after_the_end_are_not_known_yet(tmp_path: Path) -> None:
    end = date(2026, 9, 25)
    write_demo(tmp_path, start=date(2026, 8, 25), end=end)
    with duckdb.connect() as connection:
        future, seminar = connection.execute(
            "select count(*), max(seminar_date) from read_parquet(?) "
            "where is_exported and followed_up_date > ?",
            [str(tmp_path / "_truth/registrations.parquet"), end],
        ).fetchall()[0]
    assert future > 5
    (file,) = (tmp_path / "seminars").glob(f"seminar_{seminar}_*.csv")
    lines = list(csv.reader(file.read_text("cp932").splitlines()))[3:]
    days = [re.findall(r"\d+", row[5]) for row in lines if row[5]]
    assert 0 < len(days) < len(lines)
    assert all(date(*map(int, parts)) <= end for parts in days)
