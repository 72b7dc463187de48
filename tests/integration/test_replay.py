"""What was computed on a day is computed again from all that came later, as of that day.

Two of the twenty days of `benchmarks/replay.py`, which replays them all; every table of the funnel
and of the KPIs is compared.
"""

from pathlib import Path

from benchmarks.company import draw_company
from benchmarks.company_files import contacts_of
from benchmarks.replay import days_of, deliveries, replay

DAYS = [days_of(20)[number] for number in (7, 13)]


def test_past_days_are_computed_again_as_they_were(tmp_path: Path) -> None:
    assert dict(replay(tmp_path, DAYS)) == {day: [] for day in DAYS}


def test_there_is_something_to_be_replayed() -> None:
    """Contacts vanish and change, files come late and again, between the days and after them."""
    company = draw_company()
    earlier, later = ({p.key for p in contacts_of(company, day)} for day in DAYS)
    assert earlier - later
    assert later - earlier
    loads = [loads for day, loads in deliveries(company, days_of(20)) if day > DAYS[0]]
    sent = [path for load in loads for files in load[1:] for path in files]
    assert any("all-contacts" in path and "(1)" not in path for path in sent)
    assert any("(1)" in path for path in sent)
