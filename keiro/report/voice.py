"""One language's way to say the facts: labels, values, periods, causes."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from keiro.report import formats
from keiro.report.facts import Facts
from keiro.report.labels import Lang, text, word
from keiro.report.rows import Flag, Kpi, Value

# A formula of dbt names a dimension as {{ Dimension('entity__name') }}.
DIMENSION = re.compile(r"\{\{\s*(?:Time)?Dimension\('(?:\w+?__)?(\w+)'[^)]*\)\s*\}\}")


@dataclass(frozen=True)
class Voice:
    """The facts in one language."""

    lang: Lang
    facts: Facts

    def t(self, key: str, **values: str) -> str:
        """A text of the page."""
        return text(self.lang, key, **values)

    def word(self, family: str, value: str | None) -> str:
        """The word for a value of the data."""
        return word(self.lang, family, value)

    def pick(self, english: str | None, japanese: str | None) -> str:
        """The text in this language, else in the other one, else nothing."""
        first, second = (english, japanese) if self.lang == "en" else (japanese, english)
        return first or second or ""

    def label(self, metric: str) -> str:
        """The label of a metric, else its name."""
        kpi = self.facts.kpis.get(metric)
        return (self.pick(kpi.label_en, kpi.label_ja) if kpi else "") or metric

    def formula(self, kpi: Kpi) -> str:
        """The formula, with the names of dimensions as people read them."""
        return DIMENSION.sub(r"\1", kpi.formula or "")

    def unit(self, kpi: Kpi) -> str:
        """The unit in words; a currency is its own word."""
        return self.word("unit", kpi.unit)

    def number(self, value: float | None, unit: str) -> str:
        """A value, short."""
        return formats.number(value, unit, self.lang)

    def exact(self, value: float | None, unit: str) -> str:
        """A value with all its digits."""
        return formats.exact(value, unit, self.lang)

    def percent(self, value: float | None) -> str:
        """A share with one decimal."""
        return formats.percent(value)

    def integer(self, value: float | None) -> str:
        """A count."""
        return formats.integer(value)

    def day(self, value: date | datetime | None) -> str:
        """A day."""
        return formats.day(value, self.lang)

    def days(self, first: date | None, last: date | None) -> str:
        """From one day to another."""
        return formats.days(first, last, self.lang)

    def month(self, value: date) -> str:
        """A month."""
        return formats.month(value, self.lang)

    def period(self, grain: str, first: date, last: date) -> str:
        """A period by its grain."""
        year = self.facts.fiscal_year
        begins = year.month if year else 1
        return formats.period(grain, first, last, self.lang, year_begins=begins)

    def published_at(self) -> str:
        """When the version was published, to the minute and in UTC, as the manifest states it."""
        given = self.facts.published_at
        try:
            moment = datetime.fromisoformat(str(given)).astimezone(UTC)
        except ValueError:
            return given or ""
        return f"{self.day(moment)} {moment:%H:%M} UTC"

    def fiscal_year(self) -> str:
        """The name of the current fiscal year; a database without a calendar knows none."""
        start = self.facts.fiscal_year
        return self.period("fiscal_year", start, start) if start else self.t("this_period")

    def cause(self, flag: Flag | None) -> str:
        """The cause of a flag in a word or two."""
        return self.word("cause", (flag.cause if flag else None) or "unknown")

    def detail(self, flag: Flag | None) -> str:
        """What a flag says."""
        return self.pick(flag.detail_en, flag.detail_ja) if flag else ""

    def subject(self, flag: Flag) -> str:
        """What is flagged: the label of the metric, else the subject as it is."""
        name = self.label(flag.metric) if flag.metric else flag.subject or self.t("unknown")
        return name if flag.scope in (None, "all") else f"{name} ({flag.scope})"

    def withheld_by(self, value: Value | None) -> Flag | None:
        """The flag that withholds a value."""
        flag_id = value.withheld_by_flag_id if value else None
        return self.facts.flags_by_id.get(flag_id) if flag_id else None
