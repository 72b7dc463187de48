"""Numbers and dates as people write them in English and in Japanese."""

from collections.abc import Sequence
from datetime import date, datetime

from keiro.report.labels import Lang

SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "BRL": "R$"}
NO_VALUE = "–"
Steps = Sequence[tuple[float, str]]
# From the first size on that a number reaches, it is written in that unit.
SHORT: dict[Lang, Steps] = {
    "en": ((1e9, "B"), (1e6, "M"), (1e4, "k")),
    "ja": ((1e12, "兆"), (1e8, "億"), (1e5, "万")),
}
SIZES = {"B": 1e9, "M": 1e6, "k": 1e3, "兆": 1e12, "億": 1e8, "万": 1e4}


def number(value: float | None, unit: str, lang: Lang) -> str:
    """A value in its unit (count, ratio, days or an ISO currency), short enough for a heading."""
    if value is None:
        return NO_VALUE
    if unit == "ratio":
        return percent(value)
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "days":
        return f"{value:,.1f}日" if lang == "ja" else f"{value:,.1f} days"
    return _money(value, unit, lang)


def exact(value: float | None, unit: str, lang: Lang) -> str:
    """A value in its unit with all the digits that mean something."""
    if value is None:
        return NO_VALUE
    if unit == "ratio":
        return f"{value:.3%}"
    if unit in ("count", "days"):
        return number(value, unit, lang)
    return f"{_sign(value)}{symbol(unit)}{abs(value):,.0f}"


def percent(value: float | None) -> str:
    """A share with one decimal."""
    return NO_VALUE if value is None else f"{value:.1%}"


def integer(value: float | None) -> str:
    """A count."""
    return NO_VALUE if value is None else f"{value:,.0f}"


def symbol(currency: str) -> str:
    """The sign of a currency, or its code and a space."""
    return SYMBOLS.get(currency, f"{currency} ")


def day(value: date | datetime | None, lang: Lang) -> str:
    """A day: 2026-09-30, or 2026年9月30日."""
    if value is None:
        return NO_VALUE
    if lang == "ja":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value:%Y-%m-%d}"


def month(value: date, lang: Lang) -> str:
    """A month: 2026-09, or 2026年9月."""
    return f"{value.year}年{value.month}月" if lang == "ja" else f"{value:%Y-%m}"


def days(first: date | None, last: date | None, lang: Lang) -> str:
    """From one day to another."""
    if first is None or last is None or first == last:
        return day(first or last, lang)
    return f"{day(first, lang)}～{day(last, lang)}" if lang == "ja" else f"{first} – {last}"


def period(grain: str, first: date, last: date, lang: Lang, *, year_begins: int) -> str:
    """A period by its grain; a fiscal year is named after the year in which it begins.

    `year_begins` is the month in which fiscal years begin.
    """
    year = first.year if first.month >= year_begins else first.year - 1
    if grain == "fiscal_year":
        return f"{year}年度" if lang == "ja" else f"FY{year}"
    if grain == "fiscal_quarter":
        quarter = (first.month - year_begins) % 12 // 3 + 1
        return f"{year}年度第{quarter}四半期" if lang == "ja" else f"FY{year} Q{quarter}"
    if grain == "month":
        return month(first, lang)
    return days(first, last, lang)


def _money(value: float, currency: str, lang: Lang) -> str:
    size, suffix = abs(value), ""
    for limit, unit in SHORT[lang]:
        # Rounding may carry a number over the next limit; half a step below counts as reached.
        if size >= limit * 0.99995:
            size, suffix = size / SIZES[unit], unit
            break
    decimals = 0 if not suffix or size >= 1000 else 1 if size >= 10 else 2
    return f"{_sign(value)}{symbol(currency)}{size:,.{decimals}f}{suffix}"


def _sign(value: float) -> str:
    return "-" if value < 0 else ""
