"""Business days and holidays of 2026, counted by hand from the government's list."""

from datetime import date

import duckdb
import pytest

from tests.e2e.conftest import PublishedDemo


@pytest.fixture(scope="module")
def published(demo: PublishedDemo) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(demo.database), read_only=True)


@pytest.mark.parametrize(("month", "business_days"), [(5, 18), (6, 22), (9, 19), (12, 23)])
def test_business_days_of_2026(
    month: int, business_days: int, published: duckdb.DuckDBPyConnection
) -> None:
    """The company's own closures (the last days of December) are counted back in."""
    counted = published.execute(
        """
        select count(*) filter (
            where is_business_day or (holiday_name_en like '%closure' and iso_weekday <= 5)
        )
        from funnel.dim_dates where month_start = ?
        """,
        [date(2026, month, 1)],
    ).fetchone()
    assert counted == (business_days,)


def test_the_companys_closures_are_no_business_days(
    published: duckdb.DuckDBPyConnection,
) -> None:
    closed = published.execute(
        "select count(*) from funnel.dim_dates where is_business_day"
        " and date_day in ('2026-08-13', '2026-08-14', '2026-12-29', '2026-12-30', '2026-12-31')"
    ).fetchone()
    assert closed == (0,)


def test_holidays_that_calendars_forget(published: duckdb.DuckDBPyConnection) -> None:
    """6 May 2026 is a substitute holiday, 22 September 2026 one between two holidays."""
    names = published.execute(
        "select date_day, is_business_day, holiday_name_en, holiday_name_local"
        " from funnel.dim_dates where date_day in ('2026-05-06', '2026-09-22') order by 1"
    ).fetchall()
    assert [(day, is_open) for day, is_open, _, _ in names] == [
        (date(2026, 5, 6), False),
        (date(2026, 9, 22), False),
    ]
    assert all(english and "休日" in local for _, _, english, local in names)


def test_fiscal_periods_start_in_april(published: duckdb.DuckDBPyConnection) -> None:
    periods = published.execute(
        "select fiscal_year, fiscal_half, fiscal_quarter from funnel.dim_dates"
        " where date_day = '2027-02-10'"
    ).fetchone()
    assert periods == (date(2026, 4, 1), date(2026, 10, 1), date(2027, 1, 1))
