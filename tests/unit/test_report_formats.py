"""Numbers and dates as people write them, against forms written down by hand."""

from datetime import date

import pytest

from keiro.report import formats


@pytest.mark.parametrize(
    ("value", "unit", "english", "japanese"),
    [
        (264_000_000, "JPY", "¥264.0M", "¥2.64億"),
        (113_260_000, "JPY", "¥113.3M", "¥1.13億"),
        (2_097_407, "JPY", "¥2.10M", "¥209.7万"),
        (99_996_000, "JPY", "¥100.0M", "¥1.00億"),
        (13_260_000, "JPY", "¥13.3M", "¥1,326万"),
        (1_508.1, "JPY", "¥1,508", "¥1,508"),
        (25_000, "JPY", "¥25.0k", "¥25,000"),
        (-3_400_000, "JPY", "-¥3.40M", "-¥340.0万"),
        (1_234_567_890_123, "JPY", "¥1,235B", "¥1.23兆"),
        (0, "JPY", "¥0", "¥0"),
        (1_250_000, "USD", "$1.25M", "$125.0万"),
        (980, "CHF", "CHF 980", "CHF 980"),
        (0.42904, "ratio", "42.9%", "42.9%"),
        (1, "ratio", "100.0%", "100.0%"),
        (17999, "count", "17,999", "17,999"),
        (12.34, "days", "12.3 days", "12.3日"),
        (None, "JPY", "–", "–"),
    ],
)
def test_a_value_is_written_in_its_unit(value, unit, english, japanese):
    assert formats.number(value, unit, "en") == english
    assert formats.number(value, unit, "ja") == japanese


def test_the_exact_value_keeps_its_digits():
    assert formats.exact(113_260_000, "JPY", "ja") == "¥113,260,000"
    assert formats.exact(0.42904, "ratio", "en") == "42.904%"


@pytest.mark.parametrize(
    ("grain", "first", "begins", "english", "japanese"),
    [
        ("fiscal_year", date(2026, 4, 1), 4, "FY2026", "2026年度"),
        ("fiscal_quarter", date(2026, 4, 1), 4, "FY2026 Q1", "2026年度第1四半期"),
        ("fiscal_quarter", date(2027, 1, 1), 4, "FY2026 Q4", "2026年度第4四半期"),
        ("fiscal_quarter", date(2018, 10, 1), 1, "FY2018 Q4", "2018年度第4四半期"),
        ("month", date(2026, 9, 1), 4, "2026-09", "2026年9月"),
    ],
)
def test_periods_have_names(grain, first, begins, english, japanese):
    assert formats.period(grain, first, first, "en", year_begins=begins) == english
    assert formats.period(grain, first, first, "ja", year_begins=begins) == japanese


def test_dates():
    day = date(2026, 9, 30)
    assert (formats.day(day, "en"), formats.day(day, "ja")) == ("2026-09-30", "2026年9月30日")
    assert (formats.month(day, "en"), formats.month(day, "ja")) == ("2026-09", "2026年9月")
    assert formats.days(day, day, "en") == "2026-09-30"
    assert formats.days(date(2026, 9, 1), day, "ja") == "2026年9月1日～2026年9月30日"
    assert formats.day(None, "en") == "–"
