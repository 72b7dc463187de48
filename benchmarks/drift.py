"""The watch on driftbench: simulated companies with labelled incidents, by its own protocol.

Limits are set on clean companies at a budget of false alarms, then counted on companies with
incidents: recall, F1, delay, recall by kind, whether what is broken is told from what is news, and
false alarms on the clean twins. Needs a copy of driftbench; says so and ends where there is none.
Usage: python benchmarks/drift.py [--seeds 0-5] [--clean 100-102] [--scale 1] [--budgets 0.5,0.25]
"""

import argparse
import importlib
import os
import resource
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from keiro.stats.drift import Alarm, Indicator, Panel, alarms_beyond

PROJECT = Path(__file__).resolve().parent.parent
DRIFTBENCH = Path(os.environ.get("DRIFTBENCH", PROJECT.parent / "shared" / "driftbench"))
LIMITS = {"lo": 5.0, "hi": 25.0, "steps": 8}  # eight halvings: within 1 % of the limit
DAYS_OF_COUNTING = 120  # before the first incident
BUSINESS = ("level_shift", "trend_drift", "variance_change", "mix_shift", "season_break")


class Watch:
    """Keiro's watch as a detector of driftbench: true on the days that raise an alarm."""

    def __init__(self) -> None:
        self.found: dict[tuple[Any, float], list[Alarm]] = {}

    def alarms(self, panel: Any, limit: float) -> list[Alarm]:
        """Alarms of a simulated company; each is computed once."""
        key = (panel.cfg, limit)
        if key not in self.found:
            self.found[key] = alarms_beyond(panel_of(panel), limit)
        return self.found[key]

    def alerts(self, panel: Any, threshold: float) -> np.ndarray:
        """Days × indicators."""
        alerts = np.zeros(panel.values.shape, dtype=bool)
        place = {name: column for column, name in enumerate(panel.values.columns)}
        for alarm in self.alarms(panel, threshold):
            day = panel.dates.get_loc(pd.Timestamp(alarm.opened_on))
            alerts[day, place[alarm.metric]] = True
        return alerts


def panel_of(panel: Any) -> Panel:
    """A simulated company as the watch reads it: values, calendar, and meta data; no labels."""
    values = {name: panel.values[name].to_numpy(float) for name in panel.values}
    values["closed_deals"] = values["won_deals"] + values["lost_deals"]
    known = dict(zip(panel.values, panel.known_events().T, strict=True))
    holiday = panel.calendar["holiday"].to_numpy()
    indicators = []
    for name, row in panel.meta.iterrows():
        if row.kind in ("rate", "ratio"):
            y, n = values[row.numerator], values[row.denominator]
        else:
            y, n = values[name], _things_of(name, panel) if row.kind == "amount" else None
        campaign = known[name] & ~holiday
        indicators.append(Indicator(name, "all", row.kind, y, n, announced=campaign))
    is_business_day = (panel.dates.day_of_week.to_numpy() < 5) & ~holiday
    days = panel.dates.to_numpy().astype("datetime64[D]")
    return Panel(days, is_business_day, indicators)


def _things_of(amount: str, panel: Any) -> np.ndarray | None:
    """The count that an amount sums: the one that is zero on the same days, if there is any."""
    early = panel.values.iloc[:DAYS_OF_COUNTING]
    empty = early[amount] == 0
    if empty.mean() < 0.05:
        return None
    for name in panel.meta.index[panel.meta["kind"] == "count"]:
        if ((early[name] == 0) == empty).mean() > 0.99:
            found: np.ndarray = panel.values[name].to_numpy(float)
            return found
    return None


def span(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def causes(panel: Any, alarms: list[Alarm], found: pd.DataFrame) -> pd.DataFrame:
    """For each incident that was found by an alarm: its kind, and whether it is called broken."""
    rows = []
    for incident in panel.incidents.itertuples():
        if not found.loc[found["incident"] == incident.incident, "hit"].iloc[0]:
            continue
        affected = set(panel.labels.loc[panel.labels["incident"] == incident.incident, "indicator"])
        first, last = panel.dates[incident.start], panel.dates[incident.end] + pd.Timedelta(days=1)
        told = [
            alarm
            for alarm in alarms
            if alarm.metric in affected and first <= pd.Timestamp(alarm.opened_on) <= last
        ]
        if told:
            rows.append((incident.kind, any(alarm.kind == "broken" for alarm in told)))
    return pd.DataFrame(rows, columns=["kind", "broken"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0-5")
    parser.add_argument("--clean", default="100-102")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--budgets", default="0.5,0.25")
    options = parser.parse_args()
    if not DRIFTBENCH.exists():
        print("driftbench is not here: set DRIFTBENCH to a folder that holds it")
        return
    sys.path.insert(0, str(DRIFTBENCH))
    bench = importlib.import_module("driftbench")
    size = {"scale": options.scale}
    panels = [bench.make_panel(bench.PanelConfig(seed=s, **size)) for s in span(options.seeds)]
    clean, twins = (
        [bench.make_panel(bench.PanelConfig(seed=s, incidents_per_kind=0, **size)) for s in seeds]
        for seeds in (span(options.clean), span(options.seeds))
    )
    watch, rows, kinds, told = Watch(), [], {}, {}
    for budget in map(float, options.budgets.split(",")):
        limit = bench.threshold_for_false_alarms(watch, clean, budget, **LIMITS)
        cards = [bench.evaluate(panel, watch.alerts(panel, limit)) for panel in panels]
        card = sum(cards[1:], cards[0])
        calm = [bench.evaluate(panel, watch.alerts(panel, limit)) for panel in twins]
        on_twins = sum(calm[1:], calm[0]).fa_per_year
        rows.append(
            {"budget": budget, "limit": round(limit, 2)} | card.row() | {"on_twins": on_twins}
        )
        kinds[budget] = card.by_kind()["recall"]
        named = pd.concat(
            causes(panel, watch.alarms(panel, limit), each.by_incident)
            for panel, each in zip(panels, cards, strict=True)
        )
        told[budget] = named.groupby("kind")["broken"].mean()
    columns = ["budget", "limit", "recall", "precision", "f1", "median_delay", "delay_p90"]
    columns += ["fa_per_ind_year", "on_twins"]
    print(pd.DataFrame(rows)[columns].round(3).to_string(index=False))
    print("\nrecall by kind, and share of the found that is called broken")
    table = pd.concat({"recall": pd.DataFrame(kinds), "broken": pd.DataFrame(told)}, axis=1)
    print(table.assign(business=table.index.isin(BUSINESS)).round(2).to_string())
    before = resource.getrusage(resource.RUSAGE_SELF)
    alarms_beyond(panel_of(panels[0]), limit)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"\none panel of {panels[0].values.shape[1]} x {len(panels[0].dates)}: {spent:.2f} s")


if __name__ == "__main__":
    main()
