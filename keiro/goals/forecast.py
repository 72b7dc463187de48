"""The forecast of one metric, scope and period, by what kind of metric it is."""

from dataclasses import dataclass, replace

import numpy as np

from keiro.goals.arrays import DRAWS, Floats, generator
from keiro.goals.chances import Curve, OpenItems, follow
from keiro.goals.facts import Facts, Items
from keiro.goals.outlook import Funnel, Inflow, Outlook, draw_flow, draw_funnel, summarise
from keiro.goals.rates import WEEK, draw_totals, weekly
from keiro.goals.view import View, Wanted

FLOWS = ("count", "amount")
# So many known amounts say what a deal is worth.
AMOUNTS_NEEDED = 5
# Cohorts of about so many months decide a period, so their differences average out.
COHORTS_AT_WORK = 3


@dataclass(frozen=True)
class Forecast:
    """A forecast with what it rests on, or the reason why there is none.

    `basis`: final (the period is over), funnel (open items and new ones), series (its own history),
    rate (numerator and denominator), stock. `reason`: withheld, short_history, no_parts (a median
    or a formula, which is no quotient of sums).
    """

    outlook: Outlook | None
    basis: str | None
    reason: str | None
    inflow: Inflow | None = None
    reached: float | None = None

    @property
    def from_open(self) -> float | None:
        """What open items are expected to bring."""
        return float(self.inflow.from_open.mean()) if self.inflow else None

    @property
    def from_new(self) -> float | None:
        """What items that are still to come are expected to bring."""
        return float(self.inflow.from_new.mean()) if self.inflow else None


def none_since(reason: str) -> Forecast:
    """No forecast, and why."""
    return Forecast(None, None, reason)


def forecast(
    facts: Facts, wanted: Wanted, today: int | None = None, draws: int = DRAWS
) -> Forecast:
    """The forecast as of a day, by default the as-of date.

    For a day in the past values, curves and items are cut at it: what was entered, corrected or
    merged since is in them as it is known now.
    """
    today = facts.as_of if today is None else today
    if wanted.is_withheld:
        return none_since("withheld")
    if wanted.kind == "ratio" and not wanted.is_quotient:
        return none_since("no_parts")
    known_until = today - wanted.followed_days
    series = facts.series.get((wanted.metric, wanted.scope))
    if series is None:
        return none_since("short_history")
    if wanted.period_end <= known_until and wanted.value is not None:
        return _final(wanted, wanted.value)
    rng = generator(wanted.metric, wanted.scope, wanted.grain, wanted.period_start, today)
    view = View(facts, wanted, series, known_until, draws)
    if wanted.kind in FLOWS:
        return _flow(view, today, rng)
    return _stock(view, rng) if wanted.kind == "stock" else _quotient(view, today, rng)


def _final(wanted: Wanted, value: float) -> Forecast:
    hit = None
    if wanted.target is not None:
        is_hit = value >= wanted.target if wanted.direction == "up" else value <= wanted.target
        hit = float(is_hit)
    return Forecast(Outlook(value, value, value, hit), "final", None, reached=value)


def _flow(view: View, today: int, rng: np.random.Generator) -> Forecast:
    wanted = view.wanted
    values = view.past(view.series.value)
    is_count = wanted.kind == "count"
    # At the as-of date the published value is what was reached; it knows of days that are withheld.
    is_now = today == view.facts.as_of and wanted.followed_days == 0 and wanted.value is not None
    reached = float(wanted.value or 0.0) if is_now else view.reached(view.series.value)
    items = _items(view)
    inflow = None if items is None else _inflow(view, items, values, today, rng)
    if inflow is not None:
        totals, basis = reached + inflow.from_open + inflow.from_new, "funnel"
    else:
        coming = _by_history(view, items, values, today, rng)
        if coming is None:
            return none_since("short_history")
        totals, basis = reached + coming, "series"
    outlook = summarise(
        totals,
        rng,
        target=wanted.target,
        direction=wanted.direction,
        floor=reached,
        is_count=is_count,
    )
    if wanted.target is not None and wanted.direction == "up" and reached >= wanted.target:
        outlook = replace(outlook, p_hit=1.0)
    return Forecast(outlook, basis, None, inflow, reached)


def _items(view: View) -> Items | None:
    """The items that feed the metric; null where nothing is said to."""
    items = view.facts.items.get(view.wanted.inflow_stage_pair or "")
    return None if items is None or view.wanted.followed_days else items.of(view.wanted.scope)


def _by_history(
    view: View, items: Items | None, values: Floats, today: int, rng: np.random.Generator
) -> Floats | None:
    """Draws of what is still to come by the metric's own history; null where it is too short.

    A few large deals make no smooth series: their number is drawn, and what each is worth.
    """
    wanted = view.wanted
    if wanted.kind == "amount" and items is not None and items.amount is not None:
        amounts = items.amounts_on(today)
        if amounts is None or len(amounts.known) < AMOUNTS_NEEDED:
            return None
        cases = items.conversions(view.first, view.known_until)
        drawn = draw_flow(cases, view.horizon, rng, is_count=True, draws=view.draws)
        if drawn is None:
            return None
        total = drawn.sum(axis=1)
        return amounts.draw_sums(np.floor(total + rng.random(len(total))).astype(np.int64), rng)
    is_count = wanted.kind == "count"
    drawn = draw_flow(values, view.horizon, rng, is_count=is_count, draws=view.draws)
    return None if drawn is None else drawn.sum(axis=1)


def _inflow(
    view: View, items: Items, values: Floats, today: int, rng: np.random.Generator
) -> Inflow | None:
    """Draws by the funnel below the metric; null where too little is known of it."""
    wanted, facts = view.wanted, view.facts
    pair = wanted.inflow_stage_pair or ""
    arrivals = facts.series.get((wanted.inflow_metric or "", wanted.scope))
    if arrivals is None:
        return None
    curve = facts.curves.get((pair, wanted.scope))
    # Deals have a curve of their own: a contact may stay in the stage when the deal is lost.
    if today != facts.as_of or curve is None or items.amount is not None:
        curve, _ = follow(items.entered, items.ended, items.is_converted, today)
    open_items = items.open_on(today)
    amounts = items.amounts_on(today) if wanted.kind == "amount" else None
    if wanted.kind == "amount" and amounts is None:
        return None
    funnel = Funnel(
        curve=curve,
        open_items=OpenItems(open_items.ages, open_items.amounts if amounts else None),
        arrivals=view.of_other(arrivals),
        conversions=values,
        amounts=amounts,
        spread=_log_odds(curve, facts.spreads.get((pair, wanted.scope), 0.0)),
    )
    return draw_funnel(funnel, replace(view.horizon, shape=None), rng, view.draws)


def _log_odds(curve: Curve, variance: float) -> float:
    """A variance of conversion between cohorts as a standard deviation of log odds of a few."""
    ever = float(np.clip(curve.conversion[-1], 0.02, 0.98))
    return float(np.sqrt(variance / COHORTS_AT_WORK)) / (ever * (1 - ever))


def _quotient(view: View, today: int, rng: np.random.Generator) -> Forecast:
    """A numerator given its denominator, and the denominator as a flow of its own."""
    wanted = view.wanted
    under = view.past(view.series.denominator)
    over = np.where(np.isfinite(under), np.nan_to_num(view.past(view.series.numerator)), np.nan)
    below = draw_flow(under, view.horizon, rng, is_count=True, draws=view.draws)
    above = None if below is None else _numerators(view, over, under, below, rng)
    if below is None or above is None:
        return none_since("short_history")
    reached = _parts_reached(view, is_now=today == view.facts.as_of and not wanted.followed_days)
    numerator, denominator = reached[0] + above.sum(axis=1), reached[1] + below.sum(axis=1)
    seen = denominator > 0
    if not seen.any():
        return none_since("short_history")
    outlook = summarise(
        numerator[seen] / denominator[seen],
        rng,
        target=wanted.target,
        direction=wanted.direction,
        is_count=False,
    )
    return Forecast(outlook, "rate", None, reached=reached[0] / reached[1] if reached[1] else None)


def _numerators(
    view: View, over: Floats, under: Floats, below: Floats, rng: np.random.Generator
) -> Floats | None:
    """Draws of the numerator by week: per denominator, where there is none without one.

    Cost comes without a lead too: then it is a flow of its own.
    """
    is_count = view.wanted.numerator_kind == "count"
    weeks = weekly(over, np.where(np.isfinite(under), under, 0.0))
    if weeks.total[~weeks.known].sum() > 0:
        return draw_flow(over, view.horizon, rng, is_count=is_count, draws=view.draws)
    above = draw_totals(weeks, below, rng, is_count=is_count, draws=view.draws)
    return np.minimum(above, below) if above is not None and view.wanted.kind == "rate" else above


def _parts_reached(view: View, *, is_now: bool) -> tuple[float, float]:
    """Numerator and denominator so far: as published, of a day in the past by their days."""
    wanted = view.wanted
    if is_now:
        return float(wanted.numerator or 0.0), float(wanted.denominator or 0.0)
    return view.reached(view.series.numerator), view.reached(view.series.denominator)


def _stock(view: View, rng: np.random.Generator) -> Forecast:
    """Where a stock will stand on the last day, from where it stood at the end of each week."""
    wanted = view.wanted
    weeks = view.past(view.series.value)[::-WEEK][::-1]
    exposure = np.isfinite(weeks).astype(float)
    past = weekly(np.repeat(weeks, WEEK) / WEEK, np.repeat(exposure, WEEK) / WEEK)
    ahead = np.ones(-(-view.horizon.left // WEEK))
    drawn = draw_totals(past, ahead, rng, is_count=False, is_level=True, draws=view.draws)
    if drawn is None:
        return none_since("short_history")
    outlook = summarise(
        drawn[:, -1], rng, target=wanted.target, direction=wanted.direction, is_count=False
    )
    return Forecast(outlook, "stock", None, reached=wanted.value)
