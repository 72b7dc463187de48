"""How fast the funnel is, what sales did with the handovers, and what marketing may claim."""

from dataclasses import dataclass
from datetime import date

from keiro.report.funnel import FEWEST, stage_label
from keiro.report.process_facts import ORIGINS
from keiro.report.rows import Row, Value
from keiro.report.voice import Voice

HANDED_OVER = ("accepted", "rejected", "never_touched")
# The metric that judges each share of a month.
JUDGES = {
    "accepted": "accepted_per_mql_in_sla",
    "rejected": "rejected_per_mql_in_sla",
    "never_touched": "never_touched_per_mql",
    "answered": "answered_per_mql_in_sla",
}


@dataclass(frozen=True)
class Cell:
    """A number in words, and whether to trust it."""

    text: str
    trust: str = "ok"


@dataclass(frozen=True)
class Line:
    """A row of a table; `status` is the word of its maturity, empty where it is final."""

    name: str
    cells: list[Cell]
    status: str


@dataclass(frozen=True)
class Process:
    """Three tables; `band` says in a sentence what the origins come to."""

    velocities: list[Line]
    handovers: list[Line]
    reasons: list[tuple[str, str]]
    origins: list[Line]
    band: str
    has_wins: bool


def build_process(voice: Voice) -> Process:
    """All of it; the tables are empty where the database holds nothing of the kind."""
    won = next(iter(voice.facts.process.origins), None)
    return Process(
        velocities=_velocities(voice),
        handovers=_handovers(voice),
        reasons=[
            (voice.word("reason", row["reason"]), voice.integer(row["people"]))
            for row in voice.facts.process.reasons
        ],
        origins=_origins(voice, won) if won and won["deals"] else [],
        band=_band(voice, won) if won else "",
        has_wins=bool(won and won["deals"]),
    )


def _velocities(voice: Voice) -> list[Line]:
    """A row per pair of stages, in the order of the stages."""
    order = {row["stage"]: number for number, row in enumerate(voice.facts.stages)}
    ages = {row["stage_pair"]: row for row in voice.facts.process.ages}
    found = sorted(
        voice.facts.process.velocities,
        key=lambda row: (order.get(row["from_stage"], len(order)), row["stage_pair"]),
    )
    return [_velocity(voice, row, ages.get(row["stage_pair"])) for row in found]


def _velocity(voice: Voice, row: Row, age: Row | None) -> Line:
    names = (stage_label(voice, row["from_stage"]), stage_label(voice, row["to_stage"]))
    days = [voice.integer(row[name]) for name in ("p25_days", "median_days", "p75_days")]
    waiting = ageing = voice.integer(None)
    if age:
        waiting = voice.integer(age["waiting"])
        ageing = voice.t("not_judged")
        if age["judged"]:
            share = voice.percent(age["ageing"] / age["judged"])
            ageing = f"{voice.integer(age['ageing'])} ({share})"
    is_known = row["median_days"] is not None
    return Line(
        name=" – ".join(names),
        cells=[
            Cell(voice.integer(row["n"])),
            Cell(days[1]),
            Cell(f"{days[0]} – {days[2]}" if is_known else days[1]),
            Cell(waiting),
            Cell(ageing),
        ],
        status=_status(voice, row["status"]),
    )


def _handovers(voice: Voice) -> list[Line]:
    """A row per month, the newest first."""
    months: dict[date, list[Row]] = {}
    for row in voice.facts.process.handovers:
        months.setdefault(row["cohort_month"], []).append(row)
    return [_handover(voice, month, rows) for month, rows in sorted(months.items(), reverse=True)]


def _handover(voice: Voice, month: date, rows: list[Row]) -> Line:
    due = max(row["due"] for row in rows)
    people = {row["outcome"]: row["people"] for row in rows}
    shares = {name: people.get(name, 0) for name in HANDED_OVER}
    shares["answered"] = sum(row["in_time"] for row in rows)
    return Line(
        name=voice.month(month),
        cells=[
            Cell(voice.integer(due)),
            *(
                _judged(voice, _of_month(voice, JUDGES[name], month), count / due if due else None)
                for name, count in shares.items()
            ),
        ],
        status=_status(voice, rows[0]["status"]),
    )


def _of_month(voice: Voice, metric: str, month: date) -> Value | None:
    values = voice.facts.values.get((metric, "month"), [])
    return next((value for value in values if value.period_start == month), None)


def _judged(voice: Voice, value: Value | None, share: float | None) -> Cell:
    """A share as the KPI of the same thing is judged: withheld where that one is."""
    trust = value.trust if value else "ok"
    if trust == "withheld":
        return Cell(
            f"{voice.word('trust', trust)} ({voice.cause(voice.withheld_by(value))})", trust
        )
    return Cell(voice.percent(share), trust)


def _origins(voice: Voice, won: Row) -> list[Line]:
    """A row per definition: deals, amount, and its share of all that was won this fiscal year."""
    currency = next(
        (kpi.unit for kpi in voice.facts.kpis.values() if kpi.metric == "won_revenue"), "JPY"
    )
    lines = []
    for name in ORIGINS:
        amount, value = won[f"{name}_amount"], _share_of(voice, name)
        share = amount / won["amount"] if won["amount"] and won["deals"] >= FEWEST else None
        is_withheld = value is not None and value.trust == "withheld"
        shown = _judged(voice, value, share)
        lines.append(
            Line(
                name=voice.word("origin", name),
                cells=[
                    Cell(voice.integer(won[f"{name}_deals"])),
                    shown if is_withheld else Cell(voice.number(amount, currency)),
                    shown,
                ],
                status=_status(voice, "provisional" if won["deals"] >= FEWEST else "insufficient"),
            )
        )
    return lines


def _share_of(voice: Voice, name: str) -> Value | None:
    """The KPI of the same share in this fiscal year, by the rule of names."""
    start, metric = voice.facts.fiscal_year, f"won_revenue_share_{name.removeprefix('is_')}"
    return voice.facts.fiscal_years.get(metric, {}).get(start) if start else None


def _band(voice: Voice, won: Row) -> str:
    """What the definitions span, and what none can: not said where a number is withheld."""
    values = [_share_of(voice, name) for name in ORIGINS]
    if won["deals"] < FEWEST or not won["amount"]:
        return voice.t("origins_few", n=voice.integer(won["deals"])) if won["deals"] else ""
    if any(value and value.trust == "withheld" for value in values):
        return ""
    claims = [won[f"{name}_amount"] / won["amount"] for name in ORIGINS[:-1]]
    rest = won[f"{ORIGINS[-1]}_amount"] / won["amount"]
    return voice.t(
        "origins_band",
        lower=voice.percent(min(claims)),
        upper=voice.percent(max(claims)),
        rest=voice.percent(rest),
    )


def _status(voice: Voice, status: str) -> str:
    return voice.word("maturity", status) if status != "final" else ""
