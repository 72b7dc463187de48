"""The demo's calendar against dates that are known without it."""

from datetime import date, datetime

import numpy as np
import pytest

from keiro.demo.arrays import add_months, day_number, end_of, to_date, wall_text
from keiro.demo.company_calendar import CompanyCalendar, company_calendar, daily_demand
from keiro.demo.parameters import DemoParameters

PARAMETERS = DemoParameters(start=date(2025, 10, 1), end=date(2026, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> CompanyCalendar:
    return company_calendar(PARAMETERS)


def seconds(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds())


@pytest.mark.parametrize(
    ("month", "expected"),
    # 18, 22 and 19 as published; December has 23 less the closures of 29, 30 and 31.
    [(5, 18), (6, 22), (9, 19), (12, 20)],
)
def test_business_days_of_months(calendar: CompanyCalendar, month: int, expected: int) -> None:
    first, after = date(2026, month, 1), add_months(date(2026, month, 1), 1)
    days = range(day_number(first), day_number(after))
    assert sum(calendar.business(to_date(day)) for day in days) == expected


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 5, 6),  # substitute holiday
        date(2026, 9, 22),  # citizens' holiday
        date(2025, 12, 29),
        date(2026, 1, 2),
        date(2026, 8, 14),  # Obon is no national holiday
        date(2026, 6, 13),  # Saturday
    ],
)
def test_nobody_works_on(calendar: CompanyCalendar, day: date) -> None:
    assert not calendar.business(day)


def test_working_time_moves_what_is_outside_of_hours(calendar: CompanyCalendar) -> None:
    given = [
        ("2026-06-05T18:31", "2026-06-08T09:00"),  # Friday evening: Monday morning
        ("2026-06-06T12:00", "2026-06-08T09:00"),
        ("2026-06-08T05:00", "2026-06-08T09:00"),
        ("2026-06-08T13:45", "2026-06-08T13:45"),
        ("2026-08-12T19:00", "2026-08-17T09:00"),  # over Obon and the weekend
    ]
    times = np.array([seconds(before) for before, _ in given])
    moved = calendar.wall_time(calendar.working_time(times))
    expected = np.array([seconds(after) for _, after in given])
    assert np.abs(moved - expected).max() <= 1


def test_working_time_grows_with_time(calendar: CompanyCalendar) -> None:
    times = np.arange(seconds("2026-04-25T00:00"), seconds("2026-05-12T00:00"), 600)
    assert (np.diff(calendar.working_time(times)) >= 0).all()


def test_add_business_days_passes_over_golden_week(calendar: CompanyCalendar) -> None:
    start = np.array([day_number(date(2026, 4, 28))] * 3)
    reached = calendar.add_business_days(start, np.array([0, 1, 3]))
    # April 29 is a holiday, May 2 to 6 are a weekend and four holidays.
    expected = [date(2026, 4, 28), date(2026, 4, 30), date(2026, 5, 7)]
    assert [to_date(int(day)) for day in reached] == expected


def test_demand_grows_by_the_year_and_rests_on_weekends() -> None:
    days, demand = daily_demand(PARAMETERS, company_calendar(PARAMETERS))
    by_day = dict(zip([to_date(int(day)) for day in days], demand, strict=True))
    october = [by_day[date(2025, 10, 6)], by_day[date(2026, 10, 5)]]  # two Mondays of October
    assert october[1] / october[0] == pytest.approx(1.22, rel=0.01)
    assert by_day[date(2026, 6, 13)] < 0.6 * by_day[date(2026, 6, 10)]
    assert by_day[date(2026, 8, 14)] < 0.7 * by_day[date(2026, 8, 21)]


def test_months_are_added_within_their_lengths() -> None:
    assert add_months(date(2026, 10, 31), -6) == date(2026, 4, 30)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2025, 12, 1), 1) == date(2026, 1, 1)


def test_wall_text_of_the_last_second_of_a_day() -> None:
    assert wall_text(end_of(date(2026, 9, 30))) == "2026-09-30 23:59"
