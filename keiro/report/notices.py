"""Flags, withheld numbers, and what is known of the data behind the page."""

from dataclasses import dataclass
from datetime import date

from keiro.report.rows import Flag, Row
from keiro.report.voice import Voice

SHOWN_AT_ONCE = 12
NAMED = ("fiscal_year", "fiscal_quarter", "month")
LOAD_COUNTS = (
    "files",
    "duplicates",
    "refused",
    "held",
    "rows_in",
    "rows_loaded",
    "rows_unchanged",
    "rows_quarantined",
    "rows_deleted",
)


@dataclass(frozen=True)
class Notice:
    """A flag in words."""

    anchor: str
    subject: str
    kind: str
    kind_word: str
    severity: str
    severity_word: str
    cause: str
    owner: str
    since: str
    concerns: str
    closed_on: str
    detail: str
    remedy: str


@dataclass(frozen=True)
class Withheld:
    """Numbers of one KPI that one flag withholds."""

    label: str
    periods: str
    dates: str
    scopes: str
    cause: str
    detail: str


@dataclass(frozen=True)
class Notices:
    """The flags, open ones first, and the withheld numbers."""

    open: list[Notice]
    more: list[Notice]
    closed: list[Notice]
    withheld: list[Withheld]


@dataclass(frozen=True)
class Provenance:
    """Loads, refusals, quarantine and checks as rows of text."""

    load_headings: list[str]

    loads: list[tuple[str, list[str]]]
    totals: list[str]
    refusals: list[tuple[str, str]]
    quarantine: list[tuple[str, str, str, str]]
    checks: list[tuple[str, str, str, str]]
    passed: int
    failed: int
    errored: int


def build_notices(voice: Voice) -> Notices:
    """All flags; the first open ones are shown at once."""
    open_flags = [_notice(voice, flag) for flag in voice.facts.flags if flag.closed_at is None]
    return Notices(
        open=open_flags[:SHOWN_AT_ONCE],
        more=open_flags[SHOWN_AT_ONCE:],
        closed=[_notice(voice, flag) for flag in voice.facts.flags if flag.closed_at],
        withheld=_withheld(voice),
    )


def build_provenance(voice: Voice) -> Provenance:
    """What was loaded and checked."""
    facts = voice.facts
    checks = facts.checks
    return Provenance(
        load_headings=[voice.t(name) for name in LOAD_COUNTS],
        loads=[
            (f"{row['source']} · {row['object']}", [voice.integer(row[c]) for c in LOAD_COUNTS])
            for row in facts.loads
        ],
        totals=[voice.integer(sum(row[c] for row in facts.loads)) for c in LOAD_COUNTS],
        refusals=[
            (refusal["file_name"], refusal["message"] or "")
            for row in facts.loads
            for refusal in row["refusals"] or []
        ],
        quarantine=[
            (
                f"{row['source']} · {row['object']}",
                row["column_name"] or "",
                row["reason"],
                voice.integer(row["row_count"]),
            )
            for row in facts.quarantine
        ],
        checks=[
            (
                voice.word("layer", row["layer"]),
                voice.integer(row["passed"]),
                voice.integer(row["failed"]),
                voice.integer(row["errored"]),
            )
            for row in checks
        ],
        passed=sum(row["passed"] for row in checks),
        failed=sum(row["failed"] for row in checks),
        errored=sum(row["errored"] for row in checks),
    )


def _notice(voice: Voice, flag: Flag) -> Notice:
    return Notice(
        anchor=f"{voice.lang}-flag-{flag.flag_id}",
        subject=voice.subject(flag),
        kind=flag.kind,
        kind_word=voice.word("kind", flag.kind),
        severity=flag.severity,
        severity_word=voice.word("severity", flag.severity),
        cause=voice.cause(flag) if flag.cause else "",
        owner=flag.owner or voice.t("unknown"),
        since=voice.day(flag.first_seen_at),
        concerns=voice.days(flag.period_start, flag.period_end),
        closed_on=voice.day(flag.closed_at) if flag.closed_at else "",
        detail=voice.detail(flag),
        remedy=voice.pick(flag.remedy_en, flag.remedy_ja),
    )


def _withheld(voice: Voice) -> list[Withheld]:
    grouped: dict[tuple[str, str | None], list[Row]] = {}
    for row in voice.facts.withheld:
        grouped.setdefault((row["metric"], row["flag_id"]), []).append(row)
    found = []
    for (metric, flag_id), rows in grouped.items():
        flag = voice.facts.flags_by_id.get(flag_id or "")
        overall = any(row["is_overall"] for row in rows)
        scopes = rows[-1]["scopes"] or ""
        found.append(
            Withheld(
                label=voice.label(metric),
                periods=_periods(voice, rows),
                dates=_dates(voice, rows, flag),
                scopes=voice.t("scope_all") if overall else voice.t("only_scopes", scopes=scopes),
                cause=voice.cause(flag),
                detail=voice.detail(flag),
            )
        )
    return found


def _periods(voice: Voice, rows: list[Row]) -> str:
    """How many periods of each grain; a single year, quarter or month is named."""
    parts = []
    for row in rows:
        if row["periods"] == 1 and row["grain"] in NAMED:
            parts.append(voice.period(row["grain"], row["first_start"], row["last_end"]))
        else:
            unit = voice.word("one" if row["periods"] == 1 else "grain", row["grain"])
            space = "" if voice.lang == "ja" else " "
            parts.append(f"{voice.integer(row['periods'])}{space}{unit}")
    return ("、" if voice.lang == "ja" else ", ").join(parts)


def _dates(voice: Voice, rows: list[Row], flag: Flag | None) -> str:
    """The days at fault as the flag knows them, else the span of the periods."""
    if flag is not None and flag.period_start is not None:
        return voice.days(flag.period_start, flag.period_end)
    first: date = min(row["first_start"] for row in rows)
    last: date = max(row["last_end"] for row in rows)
    return voice.days(first, last)
