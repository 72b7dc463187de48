"""Achievable: what a target asks for against the metric's own history and its chance."""

import numpy as np

from keiro.lint.data import Floats, Series
from keiro.lint.design import Design, Found, Metric, Target, found, improvement
from keiro.lint.rules import Rule

GROWTH = Rule(
    id="KPI-A01",
    severity="warning",
    needs_data=True,
    title=(
        "The growth asked for is within twice the best in its own history",
        "求める伸びが過去最高の2倍以内",
    ),
    says=(
        "The target asks for {asked:.1%} over the baseline {baseline}; the best that 12 "
        "months "
        "brought over the 12 before was {best:.1%} ({comparisons} comparisons up to {last}).",
        "目標は基準値{baseline}に対し{asked:.1%}の改善を求めています。"
        "過去に12か月間で達成した最大は前の12か月比{best:.1%}です（{last}までの{comparisons}回）。",
    ),
    remedy=(
        "Lower it, give it more time, or name the initiative that makes this time different.",
        "目標を下げるか期間を延ばすか、これまでと違う結果をもたらす施策を示してください。",
    ),
)
WISHFUL = Rule(
    id="KPI-A02",
    severity="warning",
    needs_data=True,
    title=("The chance of the target is at least 5 %", "達成確率が5%以上"),
    says=(
        "Wishful: the chance to reach {target} by {period_end} is {p_hit:.1%} (forecast "
        "{lower} to {upper}, 80 %).",
        "希望的な目標です。{period_end}までに{target}を達成する確率は{p_hit:.1%}です"
        "（予測の80%区間 {lower}～{upper}）。",
    ),
    remedy=(
        "Set a target that can still be reached and say why the old one was missed; `keiro plan` "
        "proposes one.",
        "まだ達成できる目標に改め、元の目標に届かない理由を残してください。`keiro plan` "
        "が候補を示します。",
    ),
)
NO_STRETCH = Rule(
    id="KPI-A03",
    severity="info",
    needs_data=True,
    title=("The chance of the target is at most 95 %", "達成確率が95%以下"),
    says=(
        "No stretch: the chance to reach {target} by {period_end} is {p_hit:.1%} (forecast "
        "{lower} to {upper}, 80 %).",
        "挑戦のない目標です。{period_end}までに{target}を達成する確率は{p_hit:.1%}です"
        "（予測の80%区間 {lower}～{upper}）。",
    ),
    remedy=(
        "Raise it, or keep it as a guardrail.",
        "目標を上げるか、監視指標として扱ってください。",
    ),
)
RULES = (GROWTH, WISHFUL, NO_STRETCH)

TIMES_THE_BEST = 2.0
# Below this no growth is called bold, whatever the history was.
LEAST_ASKED = 0.1
# A best of fewer comparisons of years says nothing of what is usual.
FEWEST = 6
YEAR = 12
WISH, CERTAIN = 0.05, 0.95
# Late in a period the chance tells of the year and no longer of its target.
LATE = 0.75


def check(design: Design) -> Found:
    """Findings of this family."""
    if design.data is None:
        return
    for metric in design.in_tree:
        target = design.in_force(metric.name)
        if target is None:
            continue
        months = design.data.of(metric.name, "month")
        if months is not None:
            yield from _growth(metric, target, months.until(design.as_of).known())
        row = design.data.status.get((metric.name, target.grain, target.period_start))
        if row is not None and (row.get("business_share") or 0) < LATE:
            yield from _chance(metric, row)


def _growth(metric: Metric, target: Target, months: Series) -> Found:
    if not target.baseline:
        return
    asked = improvement(metric, target.baseline, target.target)
    past = _past(metric, months)
    if len(past) < FEWEST or asked < LEAST_ASKED:
        return
    best = float(past.max())
    if asked > TIMES_THE_BEST * max(best, 0.0):
        yield found(
            GROWTH,
            metric,
            asked=asked,
            baseline=target.baseline,
            best=best,
            comparisons=len(past),
            last=str(months.ends[-1]),
        )


def _past(metric: Metric, months: Series) -> Floats:
    """Improvements of 12 months over the 12 before, of all that have ended."""
    kpi = metric.kpi
    if kpi.is_quotient:
        with np.errstate(divide="ignore", invalid="ignore"):
            years = _sums(months.numerator) / _sums(months.denominator)
    elif kpi.kind in ("count", "amount"):
        years = _sums(months.value)
    else:
        years = months.value
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = (years[YEAR:] - years[:-YEAR]) / np.abs(years[:-YEAR])
    known: Floats = growth[np.isfinite(growth)]
    return known if kpi.meta.direction == "up" else -known


def _sums(values: Floats) -> Floats:
    """Sums over 12 values, by the last of them."""
    if len(values) < YEAR:
        return np.empty(0)
    sums: Floats = np.lib.stride_tricks.sliding_window_view(values, YEAR).sum(axis=1)
    return sums


def _chance(metric: Metric, row: dict[str, object]) -> Found:
    p_hit = row.get("p_hit")
    if not isinstance(p_hit, float) or WISH <= p_hit <= CERTAIN:
        return
    yield found(
        WISHFUL if p_hit < WISH else NO_STRETCH,
        metric,
        target=_number(row["target"]),
        period_end=str(row["period_end"]),
        p_hit=p_hit,
        lower=_number(row.get("forecast_lower")),
        upper=_number(row.get("forecast_upper")),
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, float | int) else float("nan")
