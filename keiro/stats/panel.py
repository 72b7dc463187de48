"""From a table of daily values to the series that are watched, and what cannot be."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from keiro.stats.families import Array
from keiro.stats.series import COUNT, RATE, TUNING, VALUE, Flags, Series, Whole

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["count", "rate", "amount", "ratio"]
KINDS = ("count", "rate", "amount", "ratio")
LEAST_DAYS = TUNING.warm_up_days + TUNING.least_training_days
LEAST_EVENTS = 30
PRICE = 20.0  # a quotient above it is money per thing, below it things per thing


@dataclass(frozen=True)
class Indicator:
    """One metric in one scope: its daily numerator (or count), denominator and nature.

    `y` and `exposure` have one entry for each day of the panel, NaN where there is none;
    `exposure` is None for what has no denominator. For an amount it is the number of things that
    the amount is the sum of. `direction` says which way is good (up, down or none).
    `announced` marks days of a campaign or another known event: they are not judged, and nothing
    is learnt from them.
    """

    metric: str
    scope: str
    kind: Kind
    y: Array
    exposure: Array | None = None
    direction: str = "none"
    announced: Flags | None = None


@dataclass(frozen=True)
class Panel:
    """The indicators on one grid of days, without gaps; only days whose values are mature.

    `is_business_day` has one entry a day. Weekends are judged by their own weekday factor;
    weekdays that are no business days (holidays, closures), and the day after them, are not
    judged.
    """

    days: NDArray[np.datetime64]
    is_business_day: Flags
    indicators: list[Indicator]


@dataclass(frozen=True)
class NotJudged:
    """An indicator that cannot be watched, and why."""

    metric: str
    scope: str
    reason_en: str
    reason_ja: str


@dataclass(frozen=True)
class Watched:
    """Which indicators became series; `inverted` where more of the series is less of the metric."""

    indicators: list[Indicator]
    inverted: Flags
    series: Series


def panel_of(daily: "pd.DataFrame") -> Panel:
    """The panel of a long table; see `keiro.stats.drift.judge_table` for its columns."""
    import pandas as pd

    table = daily.assign(day=pd.to_datetime(daily["day"]).dt.normalize())
    table = table.dropna(subset=["day"])
    if table.empty:
        return Panel(np.empty(0, "datetime64[D]"), np.empty(0, bool), [])
    days = pd.date_range(table["day"].min(), table["day"].max())
    business = table.groupby("day")["is_business_day"].max().reindex(days)
    weekday = pd.Series(days.dayofweek < 5, index=days)
    keys = ["metric", "scope"]
    indicators = [
        _indicator(str(metric), str(scope), group.set_index("day"), days)
        for (metric, scope), group in table.groupby(keys, sort=True)
    ]
    is_business_day = business.where(business.notna(), weekday).astype(bool).to_numpy()
    return Panel(days.to_numpy().astype("datetime64[D]"), is_business_day, indicators)


def _indicator(metric: str, scope: str, rows: Any, days: Any) -> Indicator:
    import pandas as pd

    rows = rows[~rows.index.duplicated(keep="last")]
    y, n = (
        pd.to_numeric(rows[name], errors="coerce").astype(float).reindex(days).to_numpy()
        for name in ("numerator", "denominator")
    )
    direction = str(rows["direction"].iloc[0]) if "direction" in rows else "none"
    exposure = n if (n > 0).any() else None
    announced = None
    if "is_announced" in rows:
        known = rows["is_announced"].reindex(days)
        announced = known.where(known.notna(), False).astype(bool).to_numpy()
    return Indicator(metric, scope, rows["kind"].iloc[0], y, exposure, direction, announced)


def split(panel: Panel) -> tuple[Watched, list[NotJudged]]:
    """The series of what can be watched, and the reasons of what cannot."""
    kept, reasons = [], []
    for indicator in panel.indicators:
        reason = why_not(indicator)
        if reason is None:
            kept.append(indicator)
        else:
            reasons.append(NotJudged(indicator.metric, indicator.scope, *reason))
    return _watched(panel, kept), reasons


def why_not(indicator: Indicator) -> tuple[str, str] | None:
    """Why an indicator cannot be judged, in both languages; None when it can."""
    y, n = indicator.y, indicator.exposure
    if indicator.kind not in KINDS:
        return (
            f"its kind is {indicator.kind!r}, and only {', '.join(KINDS)} are judged",
            f"種類 {indicator.kind!r} は判定対象外です",
        )
    if n is None and indicator.kind in ("rate", "ratio"):
        return "it has no denominator", "分母がありません"
    return _too_little(indicator.kind, y, n)


def _too_little(kind: Kind, y: Array, n: Array | None) -> tuple[str, str] | None:
    present = np.isfinite(y) if n is None else np.isfinite(y) & np.isfinite(n)
    days = int(present.sum())
    if days < LEAST_DAYS:
        return (
            f"it has values on {days} days, and {LEAST_DAYS} are the least",
            f"値のある日が{days}日で、最低{LEAST_DAYS}日が必要です",
        )
    if (y[present] < 0).any() or (n is not None and (n[present] < 0).any()):
        return "it has negative values", "負の値があります"
    if np.ptp(y[present]) == 0 and (n is None or np.ptp(n[present]) == 0):
        return "it never changes", "値がまったく変化しません"
    events = y[present] if n is None or kind == "rate" else n[present]
    if kind != "amount" and events.sum() < LEAST_EVENTS:
        return (
            f"it has {events.sum():.0f} events in all, and {LEAST_EVENTS} are the least",
            f"件数が合計{events.sum():.0f}件で、最低{LEAST_EVENTS}件が必要です",
        )
    return None


def _watched(panel: Panel, indicators: list[Indicator]) -> Watched:
    columns: list[tuple[int, Array, Array, int, bool, bool]] = []
    inverted = np.zeros(len(indicators), dtype=bool)
    for place, indicator in enumerate(indicators):
        for y, exposure, family, is_amount, is_inverted in _series_of(indicator):
            limited = indicator.kind == "rate"
            columns.append((place, y, exposure, family, is_amount, limited))
            inverted[place] = is_inverted
    weekday: Whole = (panel.days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    tells, doubtful = _telling_days(panel.is_business_day, ~panel.is_business_day & (weekday < 5))
    shape = (len(panel.days), len(columns))
    y = np.empty(shape)
    exposure = np.empty(shape)
    for column, entry in enumerate(columns):
        y[:, column], exposure[:, column] = entry[1], entry[2]
    judged = np.repeat(tells[:, None], len(columns), axis=1)
    for column, entry in enumerate(columns):
        announced = indicators[entry[0]].announced
        if announced is not None:
            judged[:, column] &= ~announced
    series = Series(
        weekday=weekday,
        y=y,
        exposure=exposure,
        judged=judged,
        doubtful=np.repeat(doubtful[:, None], len(columns), axis=1),
        family=np.array([entry[3] for entry in columns], dtype=np.int64),
        is_amount=np.array([entry[4] for entry in columns], dtype=bool),
        is_limited=np.array([entry[5] for entry in columns], dtype=bool),
        indicator=np.array([entry[0] for entry in columns], dtype=np.int64),
    )
    return Watched(indicators, inverted, series)


def _telling_days(is_business_day: Flags, closed: Flags) -> tuple[Flags, Flags]:
    """Days that can be compared, and which of them only roughly.

    A weekend beside a holiday is a longer holiday, and the business day that follows catches up:
    neither is quite like any other of its weekday. Where more than one weekday was closed, the
    weekends between are holidays too.
    """
    run = np.cumsum(is_business_day)  # one number for a business day and the closed days after it
    weekdays_closed = np.bincount(run[closed], minlength=int(run[-1]) + 1 if len(run) else 0)
    beside = (weekdays_closed[run] == 1) & ~is_business_day & ~closed
    holiday = (weekdays_closed[run] > 0) & ~is_business_day
    after = np.concatenate([[False], holiday[:-1]]) & is_business_day
    return np.asarray(~holiday | beside), np.asarray(beside | after)


def _series_of(indicator: Indicator) -> list[tuple[Array, Array, int, bool, bool]]:
    """(y, exposure, family, is an amount, is inverted) of each series of an indicator."""
    y, n = indicator.y, indicator.exposure
    if n is None or indicator.kind == "count":
        return _without_denominator(indicator.kind, y)
    if indicator.kind == "rate":
        return [(y, n, RATE, False, False)]
    if indicator.kind == "ratio" and _typical_quotient(y, n) < PRICE:
        return [(y, n, COUNT, False, False)]
    spent_for_nothing = (y > 0) & (n == 0)
    if indicator.kind == "ratio" and spent_for_nothing.any():
        return [(n, _week_of(y), COUNT, False, True)]  # cost per lead, as leads for a cost
    return [_values(y, n)]


def _week_of(spent: Array) -> Array:
    """Mean spend of the last seven days: what is bought today does not come in today."""
    known = np.isfinite(spent)
    total = np.concatenate([np.zeros(7), np.cumsum(np.where(known, spent, 0.0))])
    days = np.concatenate([np.zeros(7), np.cumsum(known)])
    mean = (total[7:] - total[:-7]) / np.maximum(days[7:] - days[:-7], 1)
    return np.where(known, mean, np.nan)


def _without_denominator(kind: Kind, y: Array) -> list[tuple[Array, Array, int, bool, bool]]:
    occurrences = (y, np.ones_like(y), COUNT, kind == "amount", False)
    empty = np.mean(y[np.isfinite(y)] <= 0)
    if kind != "amount" or empty <= TUNING.sparse_share:
        return [occurrences]
    # Without a number of things: how often there is something, and how much it then is.
    return [occurrences, _values(y, np.where(y > 0, 1.0, 0.0))]


def _values(y: Array, n: Array) -> tuple[Array, Array, int, bool, bool]:
    """The mean logarithm of the value of a thing, with the number of things as its weight."""
    counted = (n > 0) & (y > 0)
    each = np.where(counted, y, 1.0) / np.where(counted, n, 1.0)
    absent = np.where(np.isfinite(y) & np.isfinite(n), 0.0, np.nan)
    return (
        np.where(counted, n * np.log(each), 0.0),
        np.where(counted, n, absent),
        VALUE,
        True,
        False,
    )


def _typical_quotient(y: Array, n: Array) -> float:
    both = np.isfinite(y) & np.isfinite(n)
    total = float(n[both].sum())
    return float(y[both].sum()) / total if total > 0 else 0.0
