"""The company's calendar: business days, working time as a line, the demand of a day.

Holidays come from the `holidays` library; the company also closes on December 29 to January 3
and August 13 to 15 (Obon), which are not national holidays.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
import numpy as np

from keiro.demo.arrays import DAY, Bools, Floats, Ints, day_number, to_date
from keiro.demo.parameters import DemoParameters

OPENS = 9 * 3600
WORK_SECONDS = 9.5 * 3600
# Deals that are open at the end still close in the simulated future.
FUTURE_YEARS = 6
CLOSURES = frozenset(
    [(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3), (8, 13), (8, 14), (8, 15)]
)


@dataclass(frozen=True)
class CompanyCalendar:
    """Day by day from `first` on: what kind of day it is, and working time as one line."""

    first: int
    is_holiday: Bools
    is_closure: Bools
    is_business: Bools
    business_days: Ints
    next_index: Ints

    def working_time(self, times: Ints) -> Floats:
        """Times on the line of working days; outside of hours the next working moment."""
        day = times // DAY - self.first
        fraction = (times % DAY - OPENS) / WORK_SECONDS
        inside = self.is_business[day]
        moved_on = inside & (fraction >= 1.0)
        index = self.next_index[day] + moved_on
        fraction = np.where(inside & ~moved_on, np.clip(fraction, 0.0, 1.0), 0.0)
        return np.asarray(index + fraction, dtype=np.float64)

    def wall_time(self, working: Floats) -> Ints:
        """The inverse of `working_time`: a moment between 9:00 and 18:30 of a business day."""
        index = np.minimum(np.floor(working).astype(np.int64), len(self.business_days) - 1)
        seconds = OPENS + (working - np.floor(working)) * WORK_SECONDS
        return np.asarray(self.business_days[index] * DAY + seconds.astype(np.int64))

    def business_day_on_or_after(self, days: Ints) -> Ints:
        """For each day the same day, or the next business day where it is none."""
        return np.asarray(self.business_days[self.next_index[days - self.first]])

    def add_business_days(self, days: Ints, count: Ints) -> Ints:
        """The count-th business day after each day (0: the day itself or the next one)."""
        index = self.next_index[days - self.first] + count
        return np.asarray(self.business_days[np.minimum(index, len(self.business_days) - 1)])

    def business(self, day: date) -> bool:
        """Whether people work on this day."""
        return bool(self.is_business[day_number(day) - self.first])


def company_calendar(parameters: DemoParameters) -> CompanyCalendar:
    """The calendar from the beginning of the history to some years after the end."""
    first = parameters.first_day - timedelta(days=40)
    last = parameters.end + timedelta(days=365 * FUTURE_YEARS)
    national = holidays.country_holidays("JP", years=range(first.year, last.year + 1))
    numbers = np.arange(day_number(first), day_number(last) + 1, dtype=np.int64)
    days = [to_date(number) for number in numbers.tolist()]
    is_holiday = np.array([day in national for day in days])
    is_closure = np.array([(day.month, day.day) in CLOSURES for day in days])
    is_weekend = np.array([day.weekday() >= 5 for day in days])
    is_business = ~(is_holiday | is_closure | is_weekend)
    return CompanyCalendar(
        first=int(numbers[0]),
        is_holiday=is_holiday,
        is_closure=is_closure,
        is_business=is_business,
        business_days=numbers[is_business],
        # How many business days lie before a day is the index of the next one on or after it.
        next_index=np.cumsum(is_business) - is_business,
    )


def daily_demand(parameters: DemoParameters, calendar: CompanyCalendar) -> tuple[Ints, Floats]:
    """The days of the history and period, and the expected demand of each (1 on average)."""
    numbers = np.arange(
        day_number(parameters.first_day), day_number(parameters.end) + 1, dtype=np.int64
    )
    days = [to_date(number) for number in numbers.tolist()]
    at = numbers - calendar.first
    years = (numbers - day_number(parameters.level_date)) / 365.25
    growth = (1.0 + parameters.yearly_growth) ** years
    season = np.array([parameters.month_factors[day.month - 1] for day in days])
    weekday = np.array([parameters.weekday_factors[day.weekday()] for day in days])
    workday = ~np.array([day.weekday() >= 5 for day in days])
    off = np.where(calendar.is_holiday[at] & workday, parameters.holiday_factor, 1.0)
    off = np.where(calendar.is_closure[at] & workday, parameters.closure_factor * off, off)
    return numbers, growth * season * weekday * off
