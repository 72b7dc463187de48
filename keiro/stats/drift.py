"""Which indicators are broken, which drift: alarms over daily values.

Broken: near silence, a spike that returns at once, a numerator above its denominator, a source
that repeats itself; such a value is not to be believed. Drifting: a lasting shift or slide of
the real thing; such a value is news. How it is decided: `keiro.stats.watch`; what was expected:
`keiro.stats.baseline`; what is asked of the data: `keiro.stats.panel`.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from keiro.stats.panel import (
    Indicator,
    NotJudged,
    Panel,
    Watched,
    panel_of,
    split,
)
from keiro.stats.series import VALUE
from keiro.stats.watch import Episode, Outcome, watch
from keiro.stats.wording import Finding, sentences

if TYPE_CHECKING:
    import pandas as pd

# Evidence (minus the logarithm of a tail) from which an alarm is raised, by the false alarms per
# indicator and year that are accepted. From counts on 12 simulated clean companies (361
# indicator-years): 0.82 at 8.5, 0.36 at 10, 0.16 at 11.5, 0.08 at 13, 0.04 at 15, 0.02 at 17.5.
# `python tests/unit/test_drift_limits.py` counts the alarms of each row again.
LIMITS = {1.0: 8.2, 0.5: 9.4, 0.25: 10.7, 0.1: 12.5, 0.05: 14.2, 0.02: 17.0}
FALSE_ALARMS = 0.1
SILENCE = 0.2  # below this share of the expected, a sudden fall is silence, not business
SUDDEN_DAYS = 5
RETURN_DAYS = 10
CHAIN_DAYS = 45
COLUMNS = {"metric", "scope", "kind", "day", "numerator", "denominator", "is_business_day"}


@dataclass(frozen=True)
class Alarm:
    """One thing that happened to one indicator.

    `opened_on` is the day that raised it, `dated_from` the estimated first day; `dated_to` the
    last unusual day, and `closed_on` the day it was over, both None while it lasts. `ratio` is
    observed over expected in that time, in the metric's own direction. `is_new_level`: it did
    not go back and was accepted as normal after three weeks.
    """

    metric: str
    scope: str
    kind: Literal["broken", "drifting"]
    cause: Literal["pipeline", "instrumentation", "business"]
    severity: Literal["critical", "warning", "info"]
    opened_on: date
    dated_from: date
    dated_to: date | None
    closed_on: date | None
    ratio: float
    observed: float
    expected: float
    is_new_level: bool
    detail_en: str
    detail_ja: str


def judge_table(daily: Any, *, false_alarms: float = FALSE_ALARMS) -> "pd.DataFrame":
    """Alarms over a long table of daily values.

    `daily`: a pandas DataFrame or pyarrow table, one row per metric, scope and day, with metric,
    scope, kind (count, rate, amount, ratio), day, numerator (the count or amount itself where
    there is no denominator), denominator, is_business_day, and optionally direction (up, down)
    and is_announced (a campaign or another known event: not judged).
    Pass only days that are mature. For amounts the denominator is the number of things summed.
    `false_alarms`: the accepted number per indicator and year. Returns one row per alarm with
    the columns of `Alarm`, dates as datetime64; empty with the same columns when there is none.
    Raises KeiroError when a column is missing. What cannot be judged raises nothing and has no
    alarms; `not_judged` says why.
    """
    alarms = judge_panel(panel_of(_frame(daily)), false_alarms=false_alarms)
    return _as_frame(alarms)


def not_judged(daily: Any) -> "pd.DataFrame":
    """The indicators of `judge_table`'s input that cannot be judged: metric, scope, reasons."""
    import pandas as pd

    reasons = split(panel_of(_frame(daily)))[1]
    names = [field.name for field in fields(NotJudged)]
    return pd.DataFrame([asdict(reason) for reason in reasons], columns=names)


def judge_panel(panel: Panel, *, false_alarms: float = FALSE_ALARMS) -> list[Alarm]:
    """Alarms over a panel, by indicator and day."""
    return alarms_beyond(panel, limit_for(false_alarms))


def alarms_beyond(panel: Panel, limit: float) -> list[Alarm]:
    """Alarms over a panel whose evidence is beyond `limit`, by indicator and day."""
    watched, _ = split(panel)
    if not watched.indicators:
        return []
    outcome = watch(watched.series, limit)
    episodes = _chained(watched, outcome.episodes)
    alarms = [_alarm(panel, watched, outcome, episode) for episode in episodes]
    return sorted(alarms, key=lambda a: (a.metric, a.scope, a.opened_on))


def limit_for(false_alarms: float) -> float:
    """The limit for a number of false alarms per indicator and year, interpolated."""
    rates = np.log(sorted(LIMITS))
    limits = [LIMITS[rate] for rate in sorted(LIMITS)]
    return float(np.interp(np.log(max(false_alarms, 1e-6)), rates, limits))


def _frame(daily: Any) -> "pd.DataFrame":
    from keiro.errors import KeiroError

    frame: pd.DataFrame = daily.to_pandas() if hasattr(daily, "to_pandas") else daily
    missing = sorted(COLUMNS - set(frame.columns))
    if missing:
        raise KeiroError(
            f"the daily values lack the column {missing[0]!r}",
            remedy=f"give {', '.join(sorted(COLUMNS))}, one row per metric, scope and day",
        )
    return frame


def _as_frame(alarms: list[Alarm]) -> "pd.DataFrame":
    import pandas as pd

    names = [field.name for field in fields(Alarm)]
    frame = pd.DataFrame([asdict(alarm) for alarm in alarms], columns=names)
    for name in ("opened_on", "dated_from", "dated_to", "closed_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    numbers = dict.fromkeys(("ratio", "observed", "expected"), "float64")
    texts = ("metric", "scope", "kind", "cause", "severity", "detail_en", "detail_ja")
    return frame.astype(numbers | dict.fromkeys(texts, "string") | {"is_new_level": "bool"})


def _chained(watched: Watched, episodes: list[Episode]) -> list[Episode]:
    """One episode for a slide that went on after its first new level was accepted."""
    kept: list[Episode] = []
    last: dict[int, Episode] = {}
    for episode in sorted(episodes, key=lambda e: e.opened):
        place = int(watched.series.indicator[episode.series])
        before = last.get(place)
        if before is not None and _goes_on(before, episode):
            before.closed, before.is_new_level = episode.closed, episode.is_new_level
            before.last_unusual = episode.last_unusual
            continue
        if before is not None and (before.closed is None or episode.opened <= before.closed):
            continue  # the indicator's other series says the same
        kept.append(episode)
        last[place] = episode
    return kept


def _goes_on(before: Episode, after: Episode) -> bool:
    return (
        before.series == after.series
        and before.is_new_level
        and before.closed is not None
        and after.how == "shift"
        and before.is_up == after.is_up
        and after.opened - before.closed <= CHAIN_DAYS
    )


def _alarm(panel: Panel, watched: Watched, outcome: Outcome, episode: Episode) -> Alarm:
    place = int(watched.series.indicator[episode.series])
    indicator = watched.indicators[place]
    inverted = bool(watched.inverted[place])
    end = episode.last_unusual if episode.closed is not None else len(panel.days) - 1
    end = max(end, episode.opened)
    observed, expected = _levels(watched, outcome, episode, end, inverted)
    ratio = observed / expected if expected > 0 else float("nan")
    is_up = episode.is_up != inverted
    finding = Finding(
        metric=indicator.metric,
        scope=indicator.scope,
        how=episode.how,
        is_silence=_is_silence(episode, ratio),
        is_back=_is_back(episode),
        observed=observed,
        expected=expected,
        dated_from=_day(panel, episode.onset),
        dated_to=None if episode.closed is None else _day(panel, end),
        is_new_level=episode.is_new_level,
        is_share=indicator.kind == "rate",
    )
    detail_en, detail_ja = sentences(finding)
    is_good = {"up": is_up, "down": not is_up}.get(indicator.direction, False)
    return Alarm(
        metric=indicator.metric,
        scope=indicator.scope,
        kind="broken" if finding.is_broken else "drifting",
        cause=finding.cause,
        severity="info" if is_good and not finding.is_broken else "warning",
        opened_on=_day(panel, episode.opened),
        dated_from=finding.dated_from,
        dated_to=finding.dated_to,
        closed_on=None if episode.closed is None else _day(panel, episode.closed),
        ratio=ratio,
        observed=observed,
        expected=expected,
        is_new_level=episode.is_new_level,
        detail_en=detail_en,
        detail_ja=detail_ja,
    )


def _levels(
    watched: Watched, outcome: Outcome, episode: Episode, end: int, inverted: bool
) -> tuple[float, float]:
    """What was seen and expected between onset and end, in the metric's own unit, a day."""
    column, base = episode.series, outcome.baseline
    span = slice(episode.onset, end + 1)
    seen = (watched.series.present & watched.series.judged)[span, column]
    y, exposure = base.y[span, column][seen].sum(), base.n[span, column][seen].sum()
    factor = episode.profile[watched.series.weekday[span]]
    mean = episode.level * (base.n[span, column] * factor)[seen].sum()
    exposure = max(exposure, 1e-9)
    if watched.series.family[column] == VALUE:
        return float(np.exp(y / exposure)), float(np.exp(mean / exposure))
    if inverted:
        return float(exposure / max(y, 0.5)), float(exposure / max(mean, 1e-9))
    return float(y / exposure), float(mean / exposure)


def _is_silence(episode: Episode, ratio: float) -> bool:
    sudden = episode.how == "spike" or episode.opened - episode.onset <= SUDDEN_DAYS
    return sudden and not episode.is_up and ratio < SILENCE


def _is_back(episode: Episode) -> bool:
    return (
        episode.how == "spike"
        and episode.closed is not None
        and not episode.is_new_level
        and episode.closed - episode.opened <= RETURN_DAYS
    )


def _day(panel: Panel, index: int) -> date:
    day: date = panel.days[index].astype("datetime64[D]").astype(object)
    return day


__all__ = ["Alarm", "Indicator", "NotJudged", "Panel", "judge_panel", "judge_table", "not_judged"]
