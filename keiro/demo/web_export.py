"""What the web's tools export: GA4's events day by day, and monthly reports of the ads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from keiro.demo.ads import AdsCost, months_of, report_text
from keiro.demo.arrays import Ints, add_months, day_number, stream, to_date
from keiro.demo.events import Events
from keiro.demo.ga4 import event_columns
from keiro.demo.ga4_forms import ndjson_lines, parquet_table
from keiro.demo.output import Output
from keiro.demo.parameters import DemoParameters
from keiro.demo.sessions import Sessions
from keiro.demo.traffic import Traffic

PARQUET_MONTHS = 6
# Bounds the memory that the texts of events take.
CHUNK_DAYS = 30
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Web:
    """What a web site's analytics recorded."""

    parameters: DemoParameters
    events: Events
    sessions: Sessions
    traffic: Traffic


def write_ads(
    parameters: DemoParameters, ads: AdsCost, output: Output, *, twice: date | None = None
) -> None:
    """Write the monthly reports of the ads' cost; that of the month `twice` arrives twice."""
    for month in months_of(parameters):
        text, rows = report_text(parameters, ads, month)
        names = [f"google_ads/campaign_report_{month:%Y-%m}.csv"]
        if month == twice:
            names.append(f"google_ads/campaign_report_{month:%Y-%m} (1).csv")
        for name in names:
            output.write(name, text.encode("utf-8"))
            output.count("google_ads.campaigns", rows)


def write_events(web: Web, output: Output, report: Progress, *, twice: date | None = None) -> None:
    """Write a file per day, the last months as Parquet; the day `twice` arrives twice."""
    parameters, events = web.parameters, web.events
    first, last = day_number(parameters.start), day_number(parameters.end)
    parquet_from = day_number(add_months(parameters.end + timedelta(days=1), -PARQUET_MONTHS))
    event_day = events.day
    for begin, until in _chunks(first, last, parquet_from):
        report("writing web events", 0.35 + 0.6 * (begin - first) / (last - first))
        low, high = np.searchsorted(event_day, [begin, until + 1])
        part = events.take(np.arange(low, high))
        columns = event_columns(part, web.sessions, web.traffic, parameters.pages)
        whole = parquet_table(columns) if begin >= parquet_from else ndjson_lines(columns)
        for day in range(begin, until + 1):
            rows = np.arange(*np.searchsorted(event_day, [day, day + 1])) - low
            stem = f"ga4/events_{to_date(day):%Y%m%d}"
            _write_day(output, stem, whole, rows)
            if to_date(day) == twice:
                order = stream(parameters.seed, "duplicate").permutation(rows)
                _write_day(output, f"{stem} (1)", whole, order)


def _chunks(first: int, last: int, border: int) -> list[tuple[int, int]]:
    """Runs of days, first and last of each; `border` begins a run if it lies within."""
    starts = {*range(first, last + 1, CHUNK_DAYS), max(first, min(border, last))}
    ordered = sorted(starts)
    ends = [*(start - 1 for start in ordered[1:]), last]
    return list(zip(ordered, ends, strict=True))


def _write_day(output: Output, stem: str, whole: Any, rows: Ints) -> None:
    if len(rows) == 0:
        return  # BigQuery makes no table for a day without events
    part = whole.take(pa.array(rows, pa.int64()))
    if isinstance(part, pa.Table):
        output.write_parquet(f"{stem}.parquet", part)
    else:
        # The texts carry their line ends.
        output.write(f"{stem}.ndjson", "".join(part.to_pylist()).encode("utf-8"))
    output.count("ga4.events", len(rows))
