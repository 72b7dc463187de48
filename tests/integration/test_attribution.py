"""Credits and origins of random deals beside a reckoning in plain Python that shares no SQL."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from tests.sources.attribution import (
    AS_OF,
    AS_OF_END,
    LOOKBACK,
    MARKETING,
    MODELS,
    Deal,
    Touch,
    credits_of,
    effects,
    paths,
    world,
)
from tests.sources.project import SourceProject

FOLDERS = ["intermediate", "marts"]
# The tables above those that are tested, which the test writes itself.
GIVEN = """
create schema if not exists intermediate;
create schema if not exists funnel;
create or replace table funnel.fct_touches as
    select *, cast(null as varchar) as account_id, 'x' as source, channel as own_channel,
        cast(null as varchar) as campaign, cast(touched_at as date) as touched_date,
        false as is_date_only
    from touches;
create or replace table funnel.dim_accounts as
    select cast(null as varchar) as account_id, cast(null as varchar) as segment,
        cast(null as varchar) as region;
create or replace table intermediate.int_opportunities_identified as
    select *, cast(null as varchar) as account_id from deals;
create or replace table funnel.fct_opportunities as
    select opportunity_id, person_id, cast(null as varchar) as account_id, 'email' as channel,
        cast(created_at as date) as created_date, cast(amount as decimal(18, 2)) as amount,
        case when stage_kind != 'open' then cast(close_at as date) end as closed_date,
        stage_kind = 'won' as is_won, stage_kind != 'open' as is_closed,
        cast(null as varchar) as owner_id, cast(null as varchar) as campaign
    from deals;
"""
SELECTED = (
    "channels dim_channels int_opportunity_touches_matched"
    " int_opportunity_touches_summed int_channel_paths_listed int_channel_transitions_counted"
    " int_channel_effects_solved int_credits_weighted int_credits_shared"
    " fct_attribution_credits fct_opportunity_origins fct_channel_effects"
)
Build = Callable[[list[Touch], list[Deal]], SourceProject]
Rows = list[tuple[Any, ...]]
CREDITS = (
    "select opportunity_id, attribution_model, touch_id, credit, credited_amount, channel"
    " from funnel.fct_attribution_credits order by all"
)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    windows = ("attribution_lookback_days", "influence_window_days")
    project = SourceProject(
        tmp_path_factory.mktemp("attribution"),
        {},
        folders=FOLDERS,
        variables={"as_of": AS_OF, **dict.fromkeys(windows, LOOKBACK.days)},
    )

    def built(touches: list[Touch], deals: list[Deal]) -> SourceProject:
        with project.connect() as con:
            for name, rows in (("touches", touches), ("deals", deals)):
                con.register(name, pd.DataFrame([vars(row) for row in rows]))
            con.execute(GIVEN)
        with pytest.MonkeyPatch.context() as patch:
            # Tests whose tables are not all built say nothing here.
            patch.setenv("DBT_INDIRECT_SELECTION", "cautious")
            project.build(SELECTED)
        return project

    return built


@pytest.fixture(scope="module")
def given() -> tuple[list[Touch], list[Deal]]:
    return world(20260930)


@pytest.fixture(scope="module")
def project(build: Build, given: tuple[list[Touch], list[Deal]]) -> dict[str, Rows]:
    """What a world gives, queried at once since the next test builds another."""
    built = build(*given)
    return {
        "credits": built.query(CREDITS),
        "effects": built.query("select channel, removal_effect from funnel.fct_channel_effects"),
        "origins": built.query(
            "select opportunity_id, is_sourced_by_lead_source, is_sourced_by_first_touch,"
            " is_sourced_by_touch_before_creation, is_influenced_before_creation,"
            " is_influenced_before_close, is_unattributed from funnel.fct_opportunity_origins"
        ),
    }


def test_credits_are_those_of_the_reckoning(
    project: dict[str, Rows], given: tuple[list[Touch], list[Deal]]
) -> None:
    expected = credits_of(*given)
    found: dict[tuple[str, str], dict[str | None, float]] = defaultdict(dict)
    for deal, model, touch, credit, *_ in project["credits"]:
        found[deal, model][touch] = float(credit)
    assert found.keys() == expected.keys()
    for key, shares in expected.items():
        assert found[key] == pytest.approx(
            {t: float(share) for t, share in shares.items()}, abs=1e-9
        )
    # The world has what it is to try: one touch, many, none, and only direct ones.
    sizes = {len(shares) for (_, model), shares in expected.items() if model == "linear"}
    assert {1, 2, 3} <= sizes
    assert any(None in shares for shares in expected.values())


def test_removal_effects_are_those_of_walkers(
    project: dict[str, Rows], given: tuple[list[Touch], list[Deal]]
) -> None:
    assert dict(project["effects"]) == pytest.approx(effects(paths(*given)), abs=1e-12)


def test_credits_are_exactly_one_and_amounts_exactly_the_deals(
    project: dict[str, Rows], given: tuple[list[Touch], list[Deal]]
) -> None:
    credit: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    amount: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for deal, model, touch, share, credited, channel in project["credits"]:
        credit[deal, model] += share
        amount[deal, model] += credited if credited is not None else Decimal(0)
        assert (touch is None) == (channel == "unattributed")
    assert set(credit.values()) == {Decimal(1)}
    assert len(credit) == len(given[1]) * len(MODELS)
    for deal in given[1]:
        for model in MODELS:
            assert amount[deal.opportunity_id, model] == Decimal(deal.amount or 0)


def test_origins_are_those_of_the_reckoning_and_nest(
    project: dict[str, Rows], given: tuple[list[Touch], list[Deal]]
) -> None:
    touches, deals = given
    rows = {deal: flags for deal, *flags in project["origins"]}
    for deal in deals:
        own = sorted(
            (
                touch
                for touch in touches
                if touch.person_id == deal.person_id
                and touch.touched_at >= deal.created_at - LOOKBACK
            ),
            key=lambda touch: (touch.touched_at, touch.touch_id),
        )
        until = AS_OF_END if deal.stage_kind == "open" else deal.close_at
        before = [touch for touch in own if touch.touched_at <= deal.created_at]
        by_marketing = [touch.channel in MARKETING for touch in before]
        lived = [touch.channel in MARKETING for touch in own if touch.touched_at <= until]
        assert rows[deal.opportunity_id] == [
            deal.person_id is not None,
            by_marketing[:1] == [True],
            any(by_marketing),
            any(by_marketing),
            any(lived),
            all(touch.is_repeat for touch in before),
        ]
    # Windows are alike here, so each definition by touches is within the next.
    assert all(first <= touch <= early <= late for _, first, touch, early, late, _ in rows.values())


def test_an_unrelated_person_and_the_order_of_rows_change_nothing(
    build: Build, project: dict[str, Rows], given: tuple[list[Touch], list[Deal]]
) -> None:
    """Somebody without a deal is evidence for the data-driven model once the window is over, and
    for the others never."""
    touches, deals = given
    recent = Touch("t-new", "p-new", "email", AS_OF_END - timedelta(days=1), is_repeat=False)
    old = Touch("t-old", "p-old", "seminar", AS_OF_END - timedelta(days=200), is_repeat=False)
    dice = random.Random(1)  # noqa: S311
    shuffled = dice.sample([*touches, recent], len(touches) + 1)
    again = build(shuffled, dice.sample(deals, len(deals)))
    assert again.query(CREDITS) == project["credits"]
    with_old = build([*touches, old], [replace(deal) for deal in deals]).query(CREDITS)

    def by_rule(rows: Rows) -> Rows:
        return [row for row in rows if row[1] != "data_driven"]

    assert by_rule(with_old) == by_rule(project["credits"])
    assert with_old != project["credits"]
