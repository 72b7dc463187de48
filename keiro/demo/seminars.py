"""Seminars: about two a month, their registrations, attendance and follow-up."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from keiro.demo.arrays import DAY, NEVER, Bools, Ints, add_months, day_number, never, pick
from keiro.demo.company_calendar import CompanyCalendar
from keiro.demo.parameters import DemoParameters
from keiro.demo.people import People, second_of_day, seminar_people

BEGINS, ENDS = 15 * 3600, 16 * 3600 + 1800
OPEN_DAYS = 21
TOPICS = (
    ("crm-cleanup", "CRMデータ整備入門"),
    ("lead-nurturing", "リード育成の基本"),
    ("inside-sales", "インサイドセールス立ち上げ講座"),
    ("kpi-design", "ＫＰＩ設計ワークショップ"),
    ("abm-starter", "ABM①はじめの一歩"),
    ("webinar-case", "導入事例に学ぶ業務改善"),
)


@dataclass(frozen=True)
class Seminars:
    """The schedule (one entry per seminar) and the registrations (one entry per registration)."""

    days: tuple[date, ...]
    seminar: Ints
    registered_at: Ints
    attended: Bools
    is_new: Bools
    # NEVER where nobody followed up; the day number of the follow-up elsewhere.
    follow_up_day: Ints
    person: Ints

    def topic(self, index: int) -> tuple[str, str]:
        """Slug and Japanese title of a seminar."""
        return TOPICS[index % len(TOPICS)]


def plan_seminars(
    parameters: DemoParameters, calendar: CompanyCalendar, rng: np.random.Generator
) -> Seminars:
    """Dates from the history to a month after the end, and who registers; persons come later."""
    days = _schedule(parameters, calendar)
    low, high = parameters.seminar_registrants
    drawn = rng.integers(low, high + 1, len(days)) * parameters.scale
    # Later seminars are larger, as everything grows; the range is that of the whole period.
    size = np.maximum(np.rint(drawn * np.linspace(0.88, 1.08, len(days))), 3).astype(np.int64)
    seminar = np.repeat(np.arange(len(days)), size)
    day = np.repeat(np.array([day_number(entry) for entry in days]), size)
    total = len(seminar)
    ahead = 1 + np.floor(OPEN_DAYS * rng.beta(0.9, 1.6, total)).astype(np.int64)
    registered_day = calendar.business_day_on_or_after(day - ahead)
    registered_day = np.minimum(registered_day, day - 1)
    registered_at = registered_day * DAY + second_of_day(parameters, rng, total)
    attended = rng.random(total) < parameters.seminar_attendance
    chance = np.where(attended, parameters.seminar_follow_up, parameters.seminar_follow_up_absent)
    followed = rng.random(total) < chance
    wait = pick(rng, total, np.array(parameters.follow_up_day_weights))
    follow_up = np.where(followed, calendar.add_business_days(day, wait), NEVER)
    return Seminars(
        days=days,
        seminar=seminar,
        registered_at=registered_at,
        attended=attended,
        is_new=rng.random(total) < parameters.seminar_new_share,
        follow_up_day=follow_up,
        person=never(total),
    )


def _schedule(parameters: DemoParameters, calendar: CompanyCalendar) -> tuple[date, ...]:
    """The first business day from Tuesday on in evenly spread weeks of each month."""
    days: list[date] = []
    month = parameters.first_day.replace(day=1)
    while month <= parameters.end + timedelta(days=31):
        for turn in range(parameters.seminars_per_month):
            day = month + timedelta(days=8 + turn * (28 // parameters.seminars_per_month))
            while day.weekday() not in (1, 2, 3) or not calendar.business(day):
                day += timedelta(days=1)
            days.append(day)
        month = add_months(month, 1)
    first, last = parameters.first_day, parameters.end + timedelta(days=31)
    return tuple(day for day in days if first <= day <= last)


def new_people(parameters: DemoParameters, seminars: Seminars, rng: np.random.Generator) -> People:
    """The people that are first known from a registration, in the order of registrations."""
    new = seminars.is_new
    day = np.array([day_number(entry) for entry in seminars.days])[seminars.seminar]
    return seminar_people(
        parameters,
        rng,
        registered_at=seminars.registered_at[new],
        seminar_end=(day * DAY + ENDS)[new],
        attended=seminars.attended[new],
    )


def seat_people(
    seminars: Seminars, people: People, first_new: int, rng: np.random.Generator
) -> Seminars:
    """Give each registration its person: the new one, or somebody who is a lead already.

    Where nobody is known yet, or chance picks a person twice, the registration is dropped.
    """
    person = never(len(seminars.seminar))
    person[seminars.is_new] = first_new + np.arange(int(seminars.is_new.sum()))
    order = np.argsort(people.lead_at, kind="stable")
    known_at = people.lead_at[order]
    old = np.flatnonzero(~seminars.is_new)
    candidates = np.searchsorted(known_at, seminars.registered_at[old], side="left")
    chosen = np.floor(rng.random(len(old)) * candidates).astype(np.int64)
    person[old] = np.where(candidates > 0, order[chosen], NEVER)
    pair = seminars.seminar * (len(people) + 1) + np.minimum(person, len(people))
    first_of_pair = np.zeros(len(person), dtype=np.bool_)
    first_of_pair[np.unique(pair, return_index=True)[1]] = True
    keep = (person < NEVER) & first_of_pair
    return Seminars(
        days=seminars.days,
        seminar=seminars.seminar[keep],
        registered_at=seminars.registered_at[keep],
        attended=seminars.attended[keep],
        is_new=seminars.is_new[keep],
        follow_up_day=seminars.follow_up_day[keep],
        person=person[keep],
    )
