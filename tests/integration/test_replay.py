"""What was computed on a day is computed again from all that came later, as of that day.

One day of a company whose exports arrive on five; `benchmarks/replay.py` replays twenty of
twenty-one. Every table of the funnel and of the KPIs is compared.
"""

import os
from pathlib import Path

import pytest

from benchmarks.company import draw_company
from benchmarks.company_files import contacts_of
from benchmarks.replay import days_of, deliveries, replay

ARRIVALS = 5
DAY = days_of(ARRIVALS)[1]


@pytest.mark.skipif("BENCHMARKS" not in os.environ, reason="it takes a minute: set BENCHMARKS=1")
def test_a_past_day_is_computed_again_as_it_was(tmp_path: Path) -> None:
    assert list(replay(tmp_path, [DAY], among=ARRIVALS)) == [(DAY, [])]


def test_there_is_something_to_be_replayed() -> None:
    """After the day contacts vanish, change and come, files come late and again."""
    company, days = draw_company(), days_of(ARRIVALS)
    then, now = ({person.key for person in contacts_of(company, day)} for day in (DAY, days[-1]))
    assert then - now
    assert now - then
    later = [loads for day, loads in deliveries(company, days) if day > DAY]
    sent = [path for loads in later for files in loads[1:] for path in files]
    assert any("all-contacts" in path and "(1)" not in path for path in sent)
    assert any("(1)" in path for path in sent)
