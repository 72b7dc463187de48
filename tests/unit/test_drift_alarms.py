"""What the watch over indicators says, through its two public functions."""

import time
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from keiro.errors import KeiroError
from keiro.stats.drift import Alarm, Indicator, Panel, judge_panel, judge_table, not_judged

DAYS = pd.date_range("2024-10-01", "2026-09-30")
WEEKDAY = DAYS.dayofweek.to_numpy()
BUSINESS = WEEKDAY < 5
ACTIVITY = np.where(BUSINESS, 1.15, 0.3)


def table(name: str, kind: str, y: np.ndarray, n: np.ndarray | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "metric": name,
            "scope": "all",
            "kind": kind,
            "day": DAYS[: len(y)],
            "numerator": y,
            "denominator": np.nan if n is None else n,
            "is_business_day": BUSINESS[: len(y)],
        }
    )


def visits(seed: int, mean: float = 90.0) -> np.ndarray:
    rng = np.random.default_rng([seed, 1])
    return rng.poisson(mean * ACTIVITY * rng.gamma(80, 1 / 80, len(DAYS))).astype(float)


def span(first: str, last: str) -> np.ndarray:
    return DAYS.to_series().between(first, last).to_numpy()


def test_a_four_day_outage_is_broken_and_dated_to_the_day() -> None:
    y = visits(3)
    off = span("2026-06-08", "2026-06-11")
    y[off] = np.floor(y[off] * 0.04)
    alarms = judge_table(table("visits", "count", y))
    assert len(alarms) == 1
    alarm = alarms.iloc[0]
    assert (alarm.kind, alarm.cause) == ("broken", "instrumentation")
    assert alarm.opened_on == alarm.dated_from == pd.Timestamp("2026-06-08")
    assert alarm.dated_to == pd.Timestamp("2026-06-11")
    assert alarm.closed_on <= pd.Timestamp("2026-06-16")
    assert alarm.ratio < 0.1
    assert "2026-06-08 to 2026-06-11" in alarm.detail_en
    assert "2026-06-08〜2026-06-11" in alarm.detail_ja


def test_a_slow_fall_of_a_small_conversion_drifts_for_business_reasons() -> None:
    found = []
    for seed in range(20):
        rng = np.random.default_rng([seed, 2])
        n = rng.poisson(3.2 * np.where(BUSINESS, 1.25, 0.35)).astype(float)
        fall = np.clip((DAYS - pd.Timestamp("2026-05-01")).days.to_numpy() / 152, 0, 1)
        p = 0.67 * (1 - fall / 2)
        y = rng.binomial(n.astype(int), p).astype(float)
        mature = DAYS <= "2026-08-31"  # cohorts are followed for 30 days
        daily = table("mql_to_sal_30d", "rate", y[mature], n[mature])
        alarms = judge_table(daily)
        late = alarms[alarms.opened_on >= "2026-05-15"]
        found.append(len(late) > 0)
        assert set(late.kind) <= {"drifting"}
        assert set(late.cause) <= {"business"}
        assert (late.ratio < 1).all()
        assert len(alarms) - len(late) <= 1
    assert np.mean(found) >= 0.8


def test_a_lasting_step_is_one_alarm_and_then_the_new_level() -> None:
    y = visits(5)
    y[DAYS >= "2026-01-12"] *= 0.7
    alarms = judge_table(table("visits", "count", np.floor(y)))
    assert len(alarms) == 1
    alarm = alarms.iloc[0]
    assert (alarm.kind, alarm.cause) == ("drifting", "business")
    assert pd.Timestamp("2026-01-05") <= alarm.dated_from <= pd.Timestamp("2026-01-16")
    assert alarm.is_new_level
    assert 0.6 < alarm.ratio < 0.8
    assert "new level" in alarm.detail_en


def test_holidays_are_no_outage() -> None:
    y = visits(6)
    daily = table("visits", "count", y)
    off = span("2026-04-29", "2026-05-06")
    daily.loc[off, "numerator"] *= 0.2
    daily.loc[off, "is_business_day"] = False
    assert judge_table(daily).empty
    daily.loc[off & BUSINESS, "is_business_day"] = True
    assert not judge_table(daily).empty, "without its calendar the same days are an alarm"


def test_more_in_the_numerator_than_in_the_denominator_is_broken() -> None:
    n = visits(7, 20.0)
    y = np.random.default_rng(7).binomial(n.astype(int), 0.5).astype(float)
    day = int(np.flatnonzero(DAYS == "2026-03-04")[0])
    y[day] = n[day] + 1
    alarms = judge_table(table("rate", "rate", y, n))
    assert list(alarms.kind) == ["broken"]
    assert alarms.iloc[0].opened_on == pd.Timestamp("2026-03-04")
    assert "numerator" in alarms.iloc[0].detail_en


def test_a_source_that_repeats_itself_is_broken_in_the_pipeline() -> None:
    y = visits(8)
    day = int(np.flatnonzero(DAYS == "2026-03-04")[0])
    y[day : day + 5] = y[day - 1]
    alarms = judge_table(table("visits", "count", y))
    assert list(alarms.cause) == ["pipeline"]


def test_amounts_in_another_unit_are_noticed() -> None:
    rng = np.random.default_rng(9)
    deals = rng.poisson(0.9 * ACTIVITY).astype(float)
    value = np.array([rng.lognormal(14, 0.7, int(k)).sum() for k in deals])
    value[span("2026-03-02", "2026-03-31")] /= 1000
    alarms = judge_table(table("revenue", "amount", value, deals))
    assert len(alarms) >= 1
    first = alarms.iloc[0]
    assert pd.Timestamp("2026-03-02") <= first.opened_on <= pd.Timestamp("2026-03-09")
    assert first.ratio < 0.05


def test_cost_per_lead_rises_when_leads_vanish() -> None:
    rng = np.random.default_rng(10)
    cost = 9000 * ACTIVITY * np.exp(rng.normal(0, 0.1, len(DAYS)))
    leads = rng.poisson(6 * ACTIVITY * np.where(DAYS >= "2026-02-02", 0.5, 1)).astype(float)
    alarms = judge_table(table("cost_per_lead", "ratio", cost, leads))
    assert len(alarms) == 1
    assert alarms.iloc[0].ratio > 1.4
    assert alarms.iloc[0].detail_en.startswith("cost_per_lead rose")


REASONS = {
    "nulls": (np.full(200, np.nan), None, "count", "values on 0 days"),
    "constant": (np.full(200, 7.0), None, "count", "never changes"),
    "three_points": (np.array([1.0, 2.0, 3.0]), None, "count", "values on 3 days"),
    "negative": (np.append(np.arange(200.0), -5.0), None, "amount", "negative values"),
    "few": (np.append(np.zeros(199), 3.0), None, "count", "3 events in all"),
    "no_denominator": (np.arange(200.0), None, "rate", "no denominator"),
    "unknown": (np.arange(200.0), None, "stock", "its kind is 'stock'"),
    "infinite": (np.full(200, np.inf), None, "count", "values on 0 days"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_cannot_be_judged_is_said_and_stops_no_other(name: str) -> None:
    y, n, kind, reason = REASONS[name]
    off = visits(3)
    off[span("2026-06-08", "2026-06-11")] = 0
    daily = pd.concat([table(name, kind, y, n), table("visits", "count", off)])
    assert set(judge_table(daily).metric) == {"visits"}
    reasons = not_judged(daily)
    assert list(reasons.metric) == [name]
    assert reason in reasons.iloc[0].reason_en
    assert reasons.iloc[0].reason_ja


def test_gaps_are_bridged() -> None:
    y = visits(11)
    daily = table("visits", "count", y)
    daily = daily[~daily.day.between("2025-08-01", "2025-09-15")]
    daily.loc[daily.day.between("2026-01-05", "2026-01-20"), "numerator"] = np.nan
    assert judge_table(daily).empty
    assert not_judged(daily).empty


def test_the_columns_are_stable_and_arrow_is_read_too() -> None:
    columns = list(Alarm.__dataclass_fields__)
    daily = table("visits", "count", visits(12))
    empty = judge_table(daily)
    off = visits(12)
    off[span("2026-06-08", "2026-06-11")] = 0
    full = judge_table(pa.Table.from_pandas(table("visits", "count", off)))
    assert list(empty.columns) == list(full.columns) == columns
    assert list(empty.dtypes) == list(full.dtypes)
    assert judge_table(daily.iloc[:0]).empty


def test_a_missing_column_is_named() -> None:
    with pytest.raises(KeiroError, match="'numerator'"):
        judge_table(table("visits", "count", visits(1)).drop(columns="numerator"))


def test_the_past_does_not_depend_on_the_future() -> None:
    y = visits(13)
    y[span("2025-11-10", "2025-11-12")] = 0
    whole = judge_table(table("visits", "count", y))
    cut = int(np.flatnonzero(DAYS == "2025-11-30")[0])
    then = judge_table(table("visits", "count", y[:cut]))
    early = whole[whole.opened_on <= then.opened_on.max()]
    pd.testing.assert_frame_equal(then, early)


def test_a_panel_gives_alarms_with_python_dates() -> None:
    y = visits(3)
    y[span("2026-06-08", "2026-06-11")] = 0
    days = DAYS.to_numpy().astype("datetime64[D]")
    indicator = Indicator("visits", "channel=email", "count", y, direction="up")
    alarms = judge_panel(Panel(days, BUSINESS, [indicator]))
    assert [alarm.dated_from for alarm in alarms] == [date(2026, 6, 8)]
    assert "visits (channel=email)" in alarms[0].detail_en


def test_fifty_indicators_take_seconds_not_minutes() -> None:
    daily = pd.concat(table(f"m{k}", "count", visits(k, 0.5 + 2 * k)).iloc[:540] for k in range(50))
    start = time.perf_counter()
    judge_table(daily)
    assert time.perf_counter() - start < 10
