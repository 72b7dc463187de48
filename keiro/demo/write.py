"""Writing the demo: the export files in the forms that real tools give them, and the truth."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from keiro.demo.ads import months_of, report_text
from keiro.demo.arrays import add_months, day_number, stream, to_date
from keiro.demo.company import Company, simulate_company
from keiro.demo.crm_export import Rows, Snapshot, company_rows, contact_rows, deal_rows
from keiro.demo.ga4 import (
    day_bounds,
    event_columns,
    month_chunks,
    ndjson_lines,
    parquet_table,
)
from keiro.demo.incidents import describe_incidents
from keiro.demo.parameters import DemoParameters
from keiro.demo.seminar_export import file_name, held, seminar_rows
from keiro.demo.truth import truth_document, truth_tables
from keiro.errors import ExitCode, KeiroError

SOURCES = ("hubspot", "ga4", "google_ads", "seminars")
TRUTH = "_truth"
FILE_LIST = f"{TRUTH}/files.txt"
PARQUET_MONTHS = 6
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class DemoSummary:
    """What a demo consists of: files below its folder, data rows per object, its incidents."""

    files: tuple[str, ...]
    rows: dict[str, int]
    incidents: tuple[dict[str, Any], ...]


@dataclass
class Output:
    """The folder that the demo is written to; it lists its files, so that it can renew them."""

    folder: Path
    files: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def prepare(self) -> None:
        """Remove an earlier demo's files. Raises KeiroError on files that are no demo's."""
        listing = self.folder / FILE_LIST
        if listing.exists():
            for name in listing.read_text(encoding="utf-8").splitlines():
                # A line that points elsewhere was not written here.
                if (self.folder / name).resolve().is_relative_to(self.folder.resolve()):
                    (self.folder / name).unlink(missing_ok=True)
        else:
            self._refuse_foreign_files()
        (self.folder / TRUTH).mkdir(parents=True, exist_ok=True)
        listing.write_text("", encoding="utf-8")

    def _refuse_foreign_files(self) -> None:
        for source in SOURCES:
            for file in sorted((self.folder / source).glob("*")):
                raise KeiroError(
                    "there are exports that no demo has written; demo data would mix with them",
                    where=str(file),
                    remedy="write the demo to another folder, or move these files away",
                    exit_code=ExitCode.USAGE,
                )

    def path(self, name: str) -> Path:
        """The path of a file that is about to be written; it is listed first."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with (self.folder / FILE_LIST).open("a", encoding="utf-8") as listing:
            listing.write(name + "\n")
        self.files.append(name)
        return target

    def write(self, name: str, content: bytes, count: tuple[str, int] | None = None) -> None:
        """Write a file; `count` adds its data rows to an object."""
        self.path(name).write_bytes(content)
        if count:
            self.add_rows(*count)

    def write_parquet(self, name: str, table: pa.Table) -> None:
        """Write a Parquet file."""
        pq.write_table(table, self.path(name), compression="zstd")

    def add_rows(self, object_name: str, rows: int) -> None:
        """Count data rows of an object."""
        self.rows[object_name] = self.rows.get(object_name, 0) + rows


def write_demo(
    out_dir: Path,
    *,
    start: date = date(2024, 10, 1),
    end: date = date(2026, 9, 30),
    scale: float = 1.0,
    seed: int = 0,
    incidents: bool = True,
    progress: Progress | None = None,
) -> DemoSummary:
    """Write the exports of the demo company from `start` to `end` below `out_dir`, with truth.

    The same arguments give the same bytes. An earlier demo in the folder is replaced. Raises
    KeiroError for a period or scale that cannot be, or a folder that holds other exports.
    """
    _check(start, end, scale, seed)
    report = progress or (lambda _step, _share: None)
    report("simulating the company", 0.0)
    parameters = DemoParameters(start=start, end=end, scale=scale, seed=seed)
    company = simulate_company(parameters, incidents)
    output = Output(out_dir)
    output.prepare()
    report("writing CRM exports", 0.2)
    _write_crm(company, output)
    report("writing costs and seminars", 0.3)
    _write_ads(company, output)
    _write_seminars(company, output)
    _write_events(company, output, report)
    report("writing the truth", 0.95)
    _write_truth(company, output)
    report("done", 1.0)
    return DemoSummary(
        files=tuple(sorted(output.files)),
        rows=dict(sorted(output.rows.items())),
        incidents=tuple(describe_incidents(parameters, company.incidents)),
    )


def _check(start: date, end: date, scale: float, seed: int) -> None:
    if (end - start).days < 27:
        raise KeiroError(
            f"the period from {start} to {end} is too short",
            remedy="give at least four weeks",
            exit_code=ExitCode.USAGE,
        )
    if not 0 < scale <= 1000 or seed < 0:
        raise KeiroError(
            f"scale {scale} or seed {seed} is out of range",
            remedy="give a scale above 0 (1 is a small company) and a seed of 0 or more",
            exit_code=ExitCode.USAGE,
        )


def _csv(header: list[str], rows: Rows, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _write_crm(company: Company, output: Output) -> None:
    parameters = company.parameters

    def snapshot(day: date) -> Snapshot:
        return Snapshot(
            day=day,
            parameters=parameters,
            calendar=company.calendar,
            people=company.people,
            lives=company.lives,
            sessions=company.sessions,
            crm=company.crm,
        )

    now = snapshot(parameters.end)
    earlier_day = parameters.end.replace(day=1) - timedelta(days=1)
    if earlier_day >= parameters.start:
        earlier = snapshot(earlier_day)
        _write_objects(output, earlier_day, "contacts", contact_rows(earlier, False), "utf-8-sig")
        deals = deal_rows(earlier, noise=0, renamed=False)
        _write_objects(output, earlier_day, "deals", deals, "utf-8")
    _write_objects(output, now.day, "contacts", contact_rows(now, True), "cp932")
    _write_objects(output, now.day, "companies", company_rows(now), "cp932")
    deals = deal_rows(now, noise=1, renamed=company.incidents.renames_stage)
    _write_objects(output, now.day, "deals", deals, "utf-8")


def _write_objects(
    output: Output, day: date, name: str, table: tuple[list[str], Rows], encoding: str
) -> None:
    header, rows = table
    file = f"hubspot/hubspot-crm-exports-all-{name}-{day.isoformat()}.csv"
    output.write(file, _csv(header, rows, encoding), (f"hubspot.{name}", len(rows)))


def _write_ads(company: Company, output: Output) -> None:
    for month in months_of(company.parameters):
        content = report_text(company.parameters, company.ads, month).encode("utf-8")
        rows = content.count(b"\n") - 5
        name = f"google_ads/campaign_report_{month:%Y-%m}"
        output.write(f"{name}.csv", content, ("google_ads.campaigns", rows))
        if month == company.incidents.duplicate_ads_month:
            output.write(f"{name} (1).csv", content, ("google_ads.campaigns", rows))


def _write_seminars(company: Company, output: Output) -> None:
    for index in held(company.parameters, company.seminars):
        lines = seminar_rows(company.parameters, company.seminars, company.crm, index)
        content = _csv(lines[0], lines[1:], "cp932")
        name = f"seminars/{file_name(company.seminars, index)}"
        output.write(name, content, ("seminars.registrations", len(lines) - 3))


def _write_events(company: Company, output: Output, report: Progress) -> None:
    parameters, events = company.parameters, company.recorded_events
    first, last = day_number(parameters.start), day_number(parameters.end)
    parquet_from = day_number(add_months(parameters.end + timedelta(days=1), -PARQUET_MONTHS))
    all_days = events.day
    # The switch to Parquet is a chunk border.
    chunks = month_chunks(first, min(parquet_from - 1, last))
    chunks += month_chunks(max(parquet_from, first), last)
    for number, (begin, until) in enumerate(chunks):
        report("writing web events", 0.35 + 0.6 * number / len(chunks))
        low, high = np.searchsorted(all_days, [begin, until + 1])
        part = events.take(np.arange(low, high))
        columns = event_columns(part, company.sessions, company.traffic)
        bounds = day_bounds(columns.day)
        whole = parquet_table(columns) if begin >= parquet_from else ndjson_lines(columns)
        for day in range(begin, until + 1):
            a, b = bounds.get(day, (0, 0))
            _write_day(output, f"ga4/events_{to_date(day):%Y%m%d}", whole, np.arange(a, b))
            if to_date(day) == company.incidents.duplicate_ga4_day:
                order = stream(parameters.seed, "duplicate").permutation(np.arange(a, b))
                _write_day(output, f"ga4/events_{to_date(day):%Y%m%d} (1)", whole, order)


def _write_day(output: Output, stem: str, whole: Any, rows: Any) -> None:
    part = whole.take(pa.array(rows, pa.int64()))
    if isinstance(part, pa.Table):
        output.write_parquet(f"{stem}.parquet", part)
    else:
        output.write(f"{stem}.ndjson", _bytes_of(part))
    output.add_rows("ga4.events", len(rows))


def _bytes_of(lines: pa.Array) -> bytes:
    """The texts one after the other: they already end with their line end."""
    return "".join(lines.to_pylist()).encode("utf-8")


def _write_truth(company: Company, output: Output) -> None:
    for name, table in truth_tables(company).items():
        output.write_parquet(f"{TRUTH}/{name}.parquet", table)
    document = json.dumps(truth_document(company), ensure_ascii=False, indent=1, default=str)
    output.write(f"{TRUTH}/truth.json", document.encode("utf-8"))
