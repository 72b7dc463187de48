"""Simulated lives against the probabilities and lags that they are drawn from."""

import itertools
import math
from datetime import date

import numpy as np
import pytest

from keiro.demo.arrays import DAY, NEVER, Bools, Ints, day_number
from keiro.demo.company_calendar import company_calendar
from keiro.demo.incidents import describe_incidents, plan_incidents
from keiro.demo.lives import Population, live
from keiro.demo.parameters import DemoParameters
from keiro.demo.people import web_people

# Large, so that sampling errors are small; nothing is written.
PARAMETERS = DemoParameters(start=date(2025, 1, 1), end=date(2026, 9, 30), scale=12.0)


def simulate(incidents_wanted: bool) -> Population:
    calendar = company_calendar(PARAMETERS)
    incidents = plan_incidents(PARAMETERS, calendar, incidents_wanted)
    people = web_people(PARAMETERS, calendar, np.random.default_rng(5))
    lives = live(PARAMETERS, calendar, incidents, people)
    return Population(PARAMETERS, calendar, incidents, people, lives)


@pytest.fixture(scope="module")
def calm() -> Population:
    return simulate(incidents_wanted=False)


@pytest.fixture(scope="module")
def fallen() -> Population:
    return simulate(incidents_wanted=True)


def share(of: Ints, among: Ints | Bools) -> tuple[float, int]:
    chosen = among if among.dtype == np.bool_ else among < NEVER
    return float((of[chosen] < NEVER).mean()), int(chosen.sum())


def test_eventual_conversions_agree_with_the_model(calm: Population) -> None:
    lives = calm.lives
    for before, after, expected in [
        ("mql", "sal", 0.67),
        ("sal", "sql", 0.70),
        ("sql", "opportunity", 0.65),
        ("opportunity", "won", 0.30),
    ]:
        rate, n = share(lives.stage(after), lives.stage(before))
        error = math.sqrt(expected * (1 - expected) / n)
        assert abs(rate - expected) < 4 * error, (before, after, rate, n)


def test_channels_convert_as_the_model_says(calm: Population) -> None:
    for index, channel in enumerate(PARAMETERS.channels):
        visitors = calm.people.channel == index
        if channel.name == "seminar":
            continue
        leads, n = share(calm.people.lead_at, visitors)
        p = channel.lead_probability
        assert abs(leads - p) < 4 * math.sqrt(p * (1 - p) / n), channel.name
        mqls, n = share(calm.lives.mql_at, visitors & (calm.people.lead_at < NEVER))
        p = channel.mql_probability
        assert abs(mqls - p) < 4 * math.sqrt(p * (1 - p) / n), channel.name


def test_stages_come_in_order_and_lives_end_once(calm: Population) -> None:
    lives = calm.lives
    ladder = [calm.people.lead_at, lives.mql_at, lives.sal_at, lives.sql_at, lives.opportunity_at]
    for before, after in itertools.pairwise(ladder):
        reached = after < NEVER
        assert (after[reached] > before[reached]).all()
    closed = np.minimum(lives.won_at, lives.lost_at)
    deals = lives.opportunity_at < NEVER
    assert (closed[deals] > lives.opportunity_at[deals]).all()
    assert (closed[~deals] == NEVER).all()
    ends = [lives.won_at < NEVER, lives.lost_at < NEVER, lives.disqualified_at < NEVER]
    assert np.sum(ends, axis=0).max() == 1


def test_closings_are_pulled_before_the_half_year_ends(calm: Population) -> None:
    won = calm.lives.won_at
    days = won[won < NEVER] // DAY

    def between(first: date, last: date) -> int:
        return int(((days >= day_number(first)) & (days <= day_number(last))).sum())

    for year, month, last, after in [(2025, 9, 30, 10), (2026, 3, 31, 4)]:
        before_end = between(date(year, month, 16), date(year, month, last))
        after_end = between(date(year, after, 1), date(year, after, 15))
        assert before_end > 1.5 * after_end


def test_the_fall_halves_the_conversion_by_the_end(fallen: Population) -> None:
    lives, incidents = fallen.lives, fallen.incidents
    assert incidents.fall_from == date(2026, 5, 1)
    day = lives.mql_at // DAY

    def rate(first: date, last: date) -> tuple[float, int]:
        inside = (day >= day_number(first)) & (day <= day_number(last))
        return share(lives.sal_at, inside)

    for first, last, expected in [
        (date(2026, 3, 1), date(2026, 4, 30), 0.67),
        # The middle of July is half way from 0.67 to 0.335.
        (date(2026, 7, 1), date(2026, 7, 31), 0.67 * 0.75),
        (date(2026, 9, 16), date(2026, 9, 30), 0.67 * 0.525),
    ]:
        measured, n = rate(first, last)
        error = math.sqrt(expected * (1 - expected) / n)
        assert abs(measured - expected) < 4 * error + 0.005, (first, measured, n)


def test_the_fall_changes_no_other_life(calm: Population, fallen: Population) -> None:
    spared = ~fallen.lives.sal_prevented_by_fall
    assert (~spared).sum() > 0
    np.testing.assert_array_equal(calm.people.lead_at, fallen.people.lead_at)
    for stage in ("mql", "sal", "sql", "opportunity", "won", "lost"):
        np.testing.assert_array_equal(
            calm.lives.stage(stage)[spared], fallen.lives.stage(stage)[spared]
        )
    assert (fallen.lives.sal_at[~spared] == NEVER).all()


def test_incidents_are_placed_by_the_end() -> None:
    parameters = DemoParameters(start=date(2024, 10, 1), end=date(2026, 9, 30))
    incidents = plan_incidents(parameters, company_calendar(parameters), wanted=True)
    assert incidents.outage_days == tuple(date(2026, 6, day) for day in (8, 9, 10, 11))
    assert incidents.left_out == ()
    kinds = [entry["kind"] for entry in describe_incidents(parameters, incidents)]
    assert sorted(set(kinds)) == [
        "conversion_fall",
        "duplicate_delivery",
        "renamed_stage",
        "tracking_outage",
    ]


def test_a_short_period_leaves_incidents_out_and_says_so() -> None:
    parameters = DemoParameters(start=date(2026, 7, 3), end=date(2026, 9, 30))
    incidents = plan_incidents(parameters, company_calendar(parameters), wanted=True)
    assert {kind for kind, _ in incidents.left_out} == {"tracking_outage", "conversion_fall"}
    assert incidents.outage_days == ()
    assert incidents.duplicate_ads_month == date(2026, 8, 1)
