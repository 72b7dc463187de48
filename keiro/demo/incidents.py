"""Incidents: what goes wrong in the demo, when, and what a reader should find as its cause."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from keiro.demo.arrays import NEVER, Bools, Floats, Ints, add_months, day_number, end_of
from keiro.demo.company_calendar import CompanyCalendar
from keiro.demo.parameters import DemoParameters

# Calm days that an incident needs before it, so that there is something to differ from.
CALM_DAYS_BEFORE_OUTAGE = 28
CALM_DAYS_BEFORE_FALL = 90


@dataclass(frozen=True)
class Incidents:
    """The incidents of one demo; None or empty where one is left out."""

    outage_days: tuple[date, ...] = ()
    duplicate_ads_month: date | None = None
    duplicate_ga4_day: date | None = None
    renames_stage: bool = False
    fall_from: date | None = None
    fall_end: date | None = None
    fall_to: float = 1.0
    left_out: tuple[tuple[str, str], ...] = ()

    def in_outage(self, times: Ints) -> Bools:
        """Which times lie on a day of the tracking outage."""
        return np.isin(times // 86_400, [day_number(day) for day in self.outage_days])

    def sal_factor(self, mql_at: Ints) -> Floats:
        """By what the chance of MQL → SAL is multiplied for each time of the MQL."""
        if self.fall_from is None or self.fall_end is None:
            return np.ones(len(mql_at))
        begin, end = end_of(self.fall_from - timedelta(days=1)), end_of(self.fall_end)
        times = np.minimum(mql_at, NEVER // 2).astype(np.float64)
        share = np.clip((times - begin) / (end - begin), 0.0, 1.0)
        return 1.0 - (1.0 - self.fall_to) * share


def plan_incidents(
    parameters: DemoParameters, calendar: CompanyCalendar, wanted: bool
) -> Incidents:
    """Place the incidents relative to `end`; those that do not fit are left out with a reason."""
    if not wanted:
        kinds = ("tracking_outage", "duplicate_delivery", "renamed_stage", "conversion_fall")
        return Incidents(left_out=tuple((kind, "incidents were switched off") for kind in kinds))
    start, end = parameters.start, parameters.end
    left_out: list[tuple[str, str]] = []

    outage = _outage_days(parameters, calendar)
    if outage[0] - start < timedelta(days=CALM_DAYS_BEFORE_OUTAGE):
        left_out.append(("tracking_outage", "the period is too short for calm days before it"))
        outage = ()

    month, day = _duplicates(parameters, calendar)
    if month is None:
        left_out.append(("duplicate_delivery", "the period holds no complete month to repeat"))

    fall_from: date | None = add_months(end + timedelta(days=1), -parameters.fall_months)
    if fall_from is None or fall_from - start < timedelta(days=CALM_DAYS_BEFORE_FALL):
        left_out.append(("conversion_fall", "the period is too short for a calm time before it"))
        fall_from = None
    return Incidents(
        outage_days=outage,
        duplicate_ads_month=month,
        duplicate_ga4_day=day,
        renames_stage=True,
        fall_from=fall_from,
        fall_end=None if fall_from is None else end,
        fall_to=parameters.fall_to,
        left_out=tuple(left_out),
    )


def _outage_days(parameters: DemoParameters, calendar: CompanyCalendar) -> tuple[date, ...]:
    """The first four business days from the Monday of the week some 3.5 months before the end."""
    middle = parameters.end - timedelta(days=110)
    day = middle - timedelta(days=middle.weekday())
    days: list[date] = []
    while len(days) < parameters.outage_days:
        if calendar.business(day):
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def _duplicates(
    parameters: DemoParameters, calendar: CompanyCalendar
) -> tuple[date | None, date | None]:
    """The month whose cost file, and the day whose events, arrive twice."""
    month = add_months((parameters.end + timedelta(days=1)).replace(day=1), -2)
    if month < parameters.start:
        return None, None
    day = month + timedelta(days=14)
    while not calendar.business(day):
        day += timedelta(days=1)
    return month, day


def describe_incidents(parameters: DemoParameters, incidents: Incidents) -> list[dict[str, Any]]:
    """The incidents as `truth.json` lists them."""
    entries: list[dict[str, Any]] = []
    if incidents.outage_days:
        entries.append(
            {
                "kind": "tracking_outage",
                "from": incidents.outage_days[0].isoformat(),
                "to": incidents.outage_days[-1].isoformat(),
                "days": [day.isoformat() for day in incidents.outage_days],
                "touches": {"source": "ga4", "objects": ["events"], "metrics": ["visits"]},
                "share_of_events_left": parameters.outage_share_left,
                "expected_cause": "instrumentation",
            }
        )
    if incidents.duplicate_ads_month and incidents.duplicate_ga4_day:
        month, day = incidents.duplicate_ads_month, incidents.duplicate_ga4_day
        last = add_months(month, 1) - timedelta(days=1)
        entries.append(
            {
                "kind": "duplicate_delivery",
                "from": month.isoformat(),
                "to": last.isoformat(),
                "file": f"google_ads/campaign_report_{month:%Y-%m} (1).csv",
                "form": "the same bytes under another name",
                "touches": {"source": "google_ads", "objects": ["campaigns"], "metrics": ["cost"]},
                "expected_cause": "pipeline",
            }
        )
        entries.append(
            {
                "kind": "duplicate_delivery",
                "from": day.isoformat(),
                "to": day.isoformat(),
                "file_stem": f"ga4/events_{day:%Y%m%d} (1)",
                "form": "the same rows in another order under another name",
                "touches": {"source": "ga4", "objects": ["events"], "metrics": ["visits"]},
                "expected_cause": "pipeline",
            }
        )
    if incidents.renames_stage:
        entries.append(
            {
                "kind": "renamed_stage",
                "from": parameters.end.isoformat(),
                "to": parameters.end.isoformat(),
                "old_value": "Proposal",
                "new_value": "Solution Review",
                "touches": {
                    "source": "hubspot",
                    "objects": ["deals"],
                    "metrics": ["open_pipeline"],
                },
                "expected_cause": "definition",
            }
        )
    if incidents.fall_from and incidents.fall_end:
        entries.append(
            {
                "kind": "conversion_fall",
                "from": incidents.fall_from.isoformat(),
                "to": incidents.fall_end.isoformat(),
                "probability_from": parameters.steps["sal"].probability,
                "probability_to": round(parameters.steps["sal"].probability * incidents.fall_to, 6),
                "touches": {
                    "source": "hubspot",
                    "objects": ["contacts"],
                    "metrics": ["mql_to_sal_30d", "sals"],
                },
                "expected_cause": "business",
            }
        )
    return entries
