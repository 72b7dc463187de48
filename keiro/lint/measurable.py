"""Measurable: sources are there, values come out, and the change asked for could be seen."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import sqrt

import numpy as np

from keiro.lint.data import Data, Series
from keiro.lint.design import Design, Found, Metric, Target, found, improvement
from keiro.lint.rules import Rule

SOURCES = Rule(
    id="KPI-M01",
    severity="error",
    title=("Every source resolves", "元データがそろっている"),
    says=("It cannot be computed: {why}.", "計算できません：{why_ja}。"),
    remedy=(
        "Name metrics that exist, switch on a source that feeds it, or load that source's files.",
        "存在する指標を使い、元になるデータ源を有効にし、そのファイルを読み込んでください。",
    ),
)
COMPUTED = Rule(
    id="KPI-M02",
    severity="warning",
    needs_data=True,
    title=(
        "It is computed in at least 95 % of the last 12 periods",
        "直近12期間の95%以上で計算できている",
    ),
    says=(
        "It has a usable value in {computed} of the last {periods} periods ({grain}, {first} to "
        "{last}).",
        "直近{periods}期間（{grain}、{first}～{last}）のうち、使える値があるのは{computed}期間です。",
    ),
    remedy=(
        "Mend the flags that withhold it, steer it at a coarser grain, or widen what it counts.",
        "保留の原因となるフラグを解消するか、より長い期間単位で管理するか、対象を広げてください。",
    ),
)
VOLUME = Rule(
    id="KPI-M03",
    severity="warning",
    needs_data=True,
    title=(
        "Its interval is narrower than the change that the target asks for",
        "区間が目標の求める変化より狭い",
    ),
    says=(
        "It cannot be measured at this volume: the target asks for a change of {change:.1%} from "
        "{before}, and the 95 % interval of {cases:,.0f} cases is {width:.1%} wide.",
        "この件数では測定できません。目標は{before}に対し{change:.1%}の変化を求めていますが、"
        "{cases:,.0f}件での95%区間の幅は{width:.1%}です。",
    ),
    remedy=(
        "Judge it over a longer period, or steer by a KPI further up the funnel with more cases.",
        "より長い期間で判断するか、件数の多い上流のKPIで管理してください。",
    ),
)
RULES = (SOURCES, COMPUTED, VOLUME)

PERIODS = 12
SHARE = 0.95
# Of fewer periods nothing is said.
FEWEST_PERIODS = 3
# A target that asks for less keeps the level, and a level needs no change to be seen.
HOLDS = 0.02
Z = 1.959963984540054


def check(design: Design) -> Found:
    """Findings of this family."""
    for metric in design.in_tree:
        yield from _resolves(metric, design.data)
        if design.data is not None:
            yield from _is_computed(metric, design.data, design.as_of)
            target = design.in_force(metric.name)
            if target is not None:
                yield from _is_visible(metric, target, design.data, design.as_of)


def _resolves(metric: Metric, data: Data | None) -> Found:
    if metric.unresolved:
        names = ", ".join(metric.unresolved)
        yield found(
            SOURCES, metric, why=f"there is no metric {names}", why_ja=f"指標 {names} がありません"
        )
    elif data and data.loaded is not None and metric.sources and not metric.sources & data.loaded:
        names = ", ".join(f"{source}.{name}" for source, name in sorted(metric.sources))
        yield found(
            SOURCES,
            metric,
            why=f"no row of {names} was ever loaded",
            why_ja=f"{names} の行が一度も読み込まれていません",
        )


def _is_computed(metric: Metric, data: Data, as_of: date) -> Found:
    """Periods count from the first with a value, and only those whose horizon is over."""
    grain = metric.kpi.meta.cadence
    series = data.of(metric.name, grain)
    pair = metric.kpi.meta.stage_pair
    horizon = metric.kpi.meta.horizon_days or data.horizons.get(pair or "", 0)
    over = None if series is None else series.until(as_of - timedelta(days=horizon)).known()
    if series is not None and not np.isfinite(series.value).any() and len(series.value):
        over = series.until(as_of)
    if over is None:
        if data.series:
            yield found(COMPUTED, metric, computed=0, periods=0, grain=grain, first="–", last="–")
        return
    last = over.is_computed[-PERIODS:]
    if len(last) >= FEWEST_PERIODS and last.mean() < SHARE:
        yield found(
            COMPUTED,
            metric,
            computed=int(last.sum()),
            periods=len(last),
            grain=grain,
            first=str(over.starts[-PERIODS:][0]),
            last=str(over.ends[-1]),
        )


def _is_visible(metric: Metric, target: Target, data: Data, as_of: date) -> Found:
    before = target.baseline
    if not before or improvement(metric, before, target.target) < HOLDS or not target.months:
        return
    months = data.of(metric.name, "month")
    if months is None:
        return
    over = months.until(as_of).known()
    if len(over.value) < target.months:
        return
    spread = _relative_error(metric, over, target.months, data)
    if spread is None:
        return
    error, cases = spread
    change, width = abs(target.target / before - 1), 2 * Z * error
    if width >= change:
        yield found(VOLUME, metric, change=change, before=before, cases=cases, width=width)


def _relative_error(
    metric: Metric, months: Series, length: int, data: Data
) -> tuple[float, float] | None:
    """Standard error of a period's value relative to it, and the cases that it rests on.

    A count is Poisson, a share binomial; of amounts and their ratios each case has a Poisson weight
    of mean 1, as in contributions (docs/tree.md). Null where no such error is known.
    """
    kpi = metric.kpi
    value = float(np.sum(months.value[-length:]))
    if kpi.kind == "count":
        return (1 / sqrt(value), value) if value > 0 else None
    above, below = (
        float(np.sum(part[-length:])) for part in (months.numerator, months.denominator)
    )
    if kpi.is_quotient and not (above > 0 and below > 0):
        return None
    if kpi.is_quotient and kpi.meta.range.max == 1 and kpi.meta.unit == "ratio":
        rate = min(above / below, 1.0)
        return sqrt((1 - rate) / (rate * below)), below
    moments = data.moments(
        months.starts[-length:][0].astype(object), months.starts[-1].astype(object)
    )
    if kpi.is_quotient:
        names = (kpi.numerator or "", kpi.denominator or "")
        return _ratio_error(moments, names, above / below, above)
    square = moments.get((metric.name, metric.name))
    if kpi.kind == "amount" and square and value > 0:
        return sqrt(square) / value, value**2 / square
    return None


def _ratio_error(
    moments: Mapping[tuple[str, str], float], names: tuple[str, str], ratio: float, above: float
) -> tuple[float, float] | None:
    """Of a quotient of two sampled metrics: each case adds its a - ratio x b."""
    a, b = names
    if not {(a, a), (a, b), (b, b)} <= moments.keys():
        return None
    variance = moments[a, a] - 2 * ratio * moments[a, b] + ratio**2 * moments[b, b]
    return sqrt(max(variance, 0.0)) / above, above**2 / moments[a, a]
