"""Four trees: in a sound one the rules find nothing, in bad ones the planted faults and no other.

The faults are planted in metric YAML, targets and published values; the answers are their list.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from keiro.lint.judging import RULES, judge
from tests.unit.lint_world import MONTHS, REVIEW, WEEKS, World, change, quotient, simple

Faults = set[tuple[str, str]]


def _found(world: World, folder: Path, *, with_data: bool = True) -> Faults:
    verdict = judge(world.design(folder, with_data=with_data))
    pairs = [(finding.rule.id, finding.metric) for finding in verdict.findings]
    assert len(pairs) == len(set(pairs)), "a fault is told once"
    return set(pairs)


def vague(world: World) -> Faults:
    """Nobody could compute it twice and get the same."""
    nodes = world.nodes
    change(nodes["deals"], owner=None)
    change(nodes["replies"], cadence=None)
    change(nodes["leads"], unit="people", exclusions="")
    change(nodes["deals_per_lead"], unit=None)
    nodes["deals_per_lead"]["config"]["meta"]["range"] = {"min": 0, "max": 1}
    nodes["price"]["description"] = "Revenue per deal."
    nodes["replies"]["label"] = "Conversion rate"
    nodes["won_revenue"]["label"] = " "
    cost = nodes["cost"]["type_params"]["metric_aggregation_params"]
    cost.update({"semantic_model": "costs", "agg_time_dimension": "cost_date"})
    change(nodes["won_revenue"], review_date=None)
    nodes["leads"]["config"]["meta"]["drivers"][0]["review_date"] = "2026-09-01"
    del world.targets["deals"]
    world.targets["price"]["due_date"] = ""
    world.targets["leads"]["due_date"] = "2027-06-30"
    return {
        ("KPI-S01", "won_revenue"),
        ("KPI-S02", "deals_per_lead"),
        ("KPI-S03", "replies"),
        ("KPI-S04", "cost_per_lead"),
        ("KPI-S05", "price"),
        ("KPI-S06", "cost_per_lead"),
        ("KPI-S07", "deals"),
        ("KPI-S08", "replies"),
        # A unit that is none, and an empty text.
        ("KPI-S09", "leads"),
        ("KPI-T01", "deals"),
        ("KPI-T02", "price"),
        ("KPI-T02", "leads"),
        ("KPI-T03", "won_revenue"),
        # The metric stands below `leads`, and its edge was to be reviewed a month ago.
        ("KPI-T04", "replies"),
    }


def vain(world: World) -> Faults:
    """It looks well and leads nowhere."""
    nodes = world.nodes
    nodes["ad_clicks"] = simple("ad_clicks", meta={"role": "main", "review_date": REVIEW})
    nodes["signups"] = simple("signups", meta={"role": "main", "review_date": REVIEW})
    nodes["moods"], nodes["news"] = simple("moods"), simple("news")
    believed = {"kind": "hypothesis", "evidence": "A blog", "owner": "web", "review_date": REVIEW}
    drivers = nodes["deals"]["config"]["meta"]["drivers"]
    drivers += [{"metric": "moods", **believed}, {"metric": "news", **believed}]
    drivers += [
        {"metric": name, "kind": "lagged", "lag_days": 9, "evidence": "x"}
        for name in ("ad_clicks", "signups")
    ]
    nodes["fans"] = simple("fans")
    # Two random walks, and a series that began thirty weeks ago.
    world.weeks["deals"], world.weeks["moods"] = world.walk(), world.walk()
    world.weeks["news"] = np.where(np.arange(WEEKS) < WEEKS - 30, np.nan, world.noise())
    for name in ("ad_clicks", "signups"):
        world.targets[name] = {**world.targets["leads"], "metric": name}
        world.targets[name].update({"target": 24_000.0, "baseline": 21_500.0})
    world.targets["deals"]["target"] = 21_000.0 * 1.5
    world.chances |= {"won_revenue": 0.01, "price": 0.99}
    # Four hundred cases a year: 2 x 1.96 / 20 is 19.6 %.
    world.months["signups"] = np.full(MONTHS, 400 / 12)
    return {
        ("KPI-R01", "fans"),
        ("KPI-R02", "moods"),
        ("KPI-R03", "news"),
        ("KPI-R04", "signups"),
        ("KPI-R05", "ad_clicks"),
        ("KPI-A01", "deals"),
        # It asks for 11.6 % where the months above never grew.
        ("KPI-A01", "signups"),
        ("KPI-A02", "won_revenue"),
        ("KPI-A03", "price"),
        ("KPI-M03", "signups"),
    }


def overgrown(world: World) -> Faults:
    """Nobody prunes it."""
    nodes = world.nodes
    above = {"kind": "lagged", "lag_days": 9, "evidence": "x"}
    drivers = nodes["deals"]["config"]["meta"]["drivers"]
    for name in ("calls", "demos", "trials"):
        nodes[name] = simple(name, meta={"role": "main", "review_date": REVIEW, "quality": "price"})
        world.targets[name] = {**world.targets["leads"], "metric": name}
        drivers.append({"metric": name, **above})
    change(nodes["calls"], review_date="2024-03-31")
    # Replies below leads below deals: the third of these is five below the KGI.
    for name, parent in (("mails", "replies"), ("drafts", "mails"), ("ideas", "drafts")):
        nodes[name] = simple(name, meta={"parent": parent})
        change(nodes[parent], drivers=[{"metric": name, **above}])
    nodes["demos"]["label"] = "Ｃalls"
    world.weeks["trials"] = world.noise()
    world.weeks["demos"] = 7 * world.weeks["trials"]
    change(nodes["trials"], drivers=[{"metric": "pings", **above}])
    nodes["pings"] = simple("pings", meta={"drivers": [{"metric": "trials", **above}]})
    nodes["lost"] = simple("lost", meta={"parent": "nowhere"})
    drivers.append({"metric": "lost", **above})
    nodes["dead"] = quotient("dead", "gone", "leads", meta={"unit": "ratio", "parent": "deals"})
    drivers.append({"metric": "dead", **above})
    holed = np.where(np.arange(WEEKS) % 4 == 0, np.nan, world.noise())
    change(nodes["mails"], cadence="week")
    world.weeks["mails"] = holed
    return {
        ("KPI-G02", "won_revenue"),
        ("KPI-G03", "drafts"),
        ("KPI-G03", "ideas"),
        ("KPI-G04", "pings"),
        ("KPI-G05", "lost"),
        ("KPI-G06", "trials"),
        ("KPI-G07", "demos"),
        ("KPI-M01", "dead"),
        ("KPI-M02", "mails"),
        ("KPI-T05", "calls"),
    }


def test_in_a_sound_tree_nothing_is_found(tmp_path: Path) -> None:
    assert _found(World(), tmp_path) == set()


@pytest.mark.parametrize("plant", [vague, vain, overgrown])
def test_the_planted_faults_are_found_and_no_other(
    plant: Callable[[World], Faults], tmp_path: Path
) -> None:
    world = World()
    expected = plant(world)
    assert _found(world, tmp_path) == expected


@pytest.mark.parametrize("plant", [vague, vain, overgrown])
def test_before_a_publication_only_the_rules_without_data_are_run(
    plant: Callable[[World], Faults], tmp_path: Path
) -> None:
    world = World()
    needs_data = {rule.id for rule in RULES if rule.needs_data}
    expected = {fault for fault in plant(world) if fault[0] not in needs_data}
    assert _found(world, tmp_path, with_data=False) == expected


def test_two_goals_and_a_formula_that_does_not_hold_together(tmp_path: Path) -> None:
    world = World()
    change(world.nodes["replies"], role="kgi", parent=None, review_date=REVIEW)
    change(world.nodes["won_revenue"], formula="deals + price")
    found = _found(world, tmp_path)
    # Of two goals it is said of the first by name.
    assert {("KPI-G01", "replies"), ("KPI-G08", "won_revenue")} <= found
    change(world.nodes["replies"], role="driver", parent="leads")
    change(world.nodes["won_revenue"], formula=None, role="driver", parent="deals")
    assert ("KPI-G01", "cost") in _found(world, tmp_path)


def test_every_rule_is_tried_here() -> None:
    tried = {rule for plant in (vague, vain, overgrown) for rule, _ in plant(World())}
    assert tried | {"KPI-G01", "KPI-G08", "KPI-L01"} == {rule.id for rule in RULES}
