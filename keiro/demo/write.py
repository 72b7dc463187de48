"""Writing the demo: the export files in the forms that real tools give them, and the truth."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from keiro.demo.ads import months_of
from keiro.demo.company import Company, simulate_company
from keiro.demo.crm_export import Rows, Snapshot, company_rows, contact_rows, deal_rows
from keiro.demo.incidents import describe_incidents
from keiro.demo.nurture_export import mail_rows
from keiro.demo.output import TRUTH, Output
from keiro.demo.parameters import CHANNELS, OUTBOUND, DemoParameters
from keiro.demo.seminar_export import file_name, held, seminar_lines
from keiro.demo.truth import truth_document, truth_tables
from keiro.demo.web_export import Progress, Web, write_ads, write_events
from keiro.errors import ExitCode, KeiroError

SHORTEST_DAYS = 28


@dataclass(frozen=True)
class DemoSummary:
    """What a demo consists of: files below its folder, data rows per object, its incidents."""

    files: tuple[str, ...]
    rows: dict[str, int]
    incidents: tuple[dict[str, Any], ...]


def write_demo(  # noqa: PLR0913 - one keyword for each thing that a user may choose
    out_dir: Path,
    *,
    start: date = date(2024, 10, 1),
    end: date = date(2026, 9, 30),
    scale: float = 1.0,
    seed: int = 0,
    incidents: bool = True,
    nurture: bool = False,
    outbound: bool = False,
    progress: Progress | None = None,
) -> DemoSummary:
    """Write the exports of the demo company from `start` to `end` below `out_dir`, with truth.

    The same arguments give the same bytes. An earlier demo in the folder is replaced. `scale`
    multiplies all volumes; `nurture` adds scenarios that mail the leads, `outbound` people whom
    sales found without marketing. `progress` is told each step with the share that is done (0 to
    1). Raises KeiroError for a period or scale that cannot be, or a folder with other exports.
    """
    parameters = DemoParameters(
        start=start, end=end, scale=scale, seed=seed, nurture=nurture, outbound=outbound,
        channels=(*CHANNELS, OUTBOUND) if outbound else CHANNELS,
    )  # fmt: skip
    check_period(parameters)
    report = progress or (lambda _step, _share: None)
    output = Output(out_dir)
    output.prepare()
    report("simulating the company", 0.0)
    company = simulate_company(parameters, incidents)
    report("writing CRM exports", 0.2)
    _write_crm(company, output)
    report("writing costs and seminars", 0.3)
    twice = company.population.incidents
    write_ads(parameters, company.ads, output, twice=twice.duplicate_ads_month)
    _write_seminars(company, output)
    _write_mails(company, output)
    web = Web(parameters, company.recorded_events, company.sessions, company.traffic)
    write_events(web, output, report, twice=twice.duplicate_ga4_day)
    report("writing the truth", 0.95)
    _write_truth(company, output)
    report("done", 1.0)
    return DemoSummary(
        files=tuple(sorted(output.files)),
        rows=dict(sorted(output.rows.items())),
        incidents=tuple(describe_incidents(parameters, company.population.incidents)),
    )


def check_period(parameters: DemoParameters) -> None:
    """Raise KeiroError for a period, scale or seed that cannot be simulated."""
    if (parameters.end - parameters.start).days + 1 < SHORTEST_DAYS:
        raise KeiroError(
            f"the period from {parameters.start} to {parameters.end} is too short",
            remedy="give at least four weeks",
            exit_code=ExitCode.USAGE,
        )
    if not 0 < parameters.scale <= 1000 or parameters.seed < 0:
        raise KeiroError(
            f"scale {parameters.scale} or seed {parameters.seed} is out of range",
            remedy="give a scale above 0 (1 is a small company) and a seed of 0 or more",
            exit_code=ExitCode.USAGE,
        )


def _write_crm(company: Company, output: Output) -> None:
    def snapshot(day: date) -> Snapshot:
        return Snapshot(day, company.population, company.sessions, company.crm)

    def write(day: date, name: str, table: tuple[list[str], Rows], encoding: str) -> None:
        header, rows = table
        file = f"hubspot/hubspot-crm-exports-all-{name}-{day.isoformat()}.csv"
        output.write_csv(file, [header, *rows], encoding)
        output.count(f"hubspot.{name}", len(rows))

    end = company.parameters.end
    earlier = end.replace(day=1) - timedelta(days=1)
    if earlier >= company.parameters.start:
        then = snapshot(earlier)
        write(earlier, "contacts", contact_rows(then, japanese=False), "utf-8-sig")
        write(earlier, "deals", deal_rows(then, noise=0, renamed=False), "utf-8")
    now, renamed = snapshot(end), company.population.incidents.renames_stage
    write(end, "contacts", contact_rows(now, japanese=True), "cp932")
    write(end, "companies", company_rows(now), "cp932")
    write(end, "deals", deal_rows(now, noise=1, renamed=renamed), "utf-8")


def _write_mails(company: Company, output: Output) -> None:
    if company.mails is None:
        return
    for month in months_of(company.parameters):
        people = len(company.population.people)
        header, rows = mail_rows(company.mails, company.crm, people, month)
        if rows:
            output.write_csv(f"hubspot/email-events-{month:%Y-%m}.csv", [header, *rows], "utf-8")
            output.count("hubspot.email_events", len(rows))


def _write_seminars(company: Company, output: Output) -> None:
    for index in held(company.parameters, company.seminars):
        title, lines = seminar_lines(company.parameters, company.seminars, company.crm, index)
        name = f"seminars/{file_name(company.seminars, index)}"
        output.write_csv(name, [*title, *lines], "cp932")
        output.count("seminars.registrations", len(lines))


def _write_truth(company: Company, output: Output) -> None:
    for name, table in truth_tables(company).items():
        output.write_parquet(f"{TRUTH}/{name}.parquet", table)
    document = json.dumps(truth_document(company), ensure_ascii=False, indent=1, default=str)
    output.write(f"{TRUTH}/truth.json", document.encode("utf-8"))
