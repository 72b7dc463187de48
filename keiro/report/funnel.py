"""The funnel: people entering each stage of the fiscal year, and conversions between stages."""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from keiro.report.facts import OUTCOMES
from keiro.report.rows import Kpi, Row, Value
from keiro.report.voice import Voice

# Stages that a KPI of another table counts; of the others the KPI's formula names the stage.
COUNTED_BY = {"visit": "visits", "opportunity": "opportunities_created", "won": "won_deals"}
# Below this many followed entities a rate that no KPI covers is not shown as a number.
FEWEST = 10


@dataclass(frozen=True)
class Step:
    """The conversion from one stage to the next, in words; `rate` is empty where there is none."""

    rate: str
    width: float
    horizon: str
    basis: str
    interval: str
    maturity: str
    maturity_word: str
    trust: str
    trust_word: str
    cause: str


@dataclass(frozen=True)
class Stage:
    """A stage of the funnel and the step to the next one."""

    label: str
    entered: str
    owners: str
    trust: str
    trust_word: str
    cause: str
    step: Step | None


def build_funnel(voice: Voice) -> list[Stage]:
    """The stages in their order."""
    stages = voice.facts.stages
    entered = {row["stage"]: row["entered"] for row in voice.facts.entries}
    following = [*stages[1:], None][: len(stages)]
    return [
        _stage(voice, row, entered.get(row["stage"], 0), after)
        for row, after in zip(stages, following, strict=True)
    ]


def stage_label(voice: Voice, stage: str) -> str:
    """What people call a stage."""
    known = (row for row in voice.facts.stages if row["stage"] == stage)
    row = next(known, None)
    return (voice.pick(row["label_en"], row["label_ja"]) if row else "") or stage


def _stage(voice: Voice, row: Row, entered: int, after: Row | None) -> Stage:
    judged = _count_of(voice, row["stage"])
    trust = judged.trust if judged else "ok"
    return Stage(
        label=stage_label(voice, row["stage"]),
        entered=voice.integer(entered) if trust != "withheld" else "",
        owners=" → ".join(filter(None, (row["marketing_owner"], row["sales_owner"]))),
        trust=trust,
        trust_word=voice.word("trust", trust),
        cause=voice.cause(voice.withheld_by(judged)) if trust == "withheld" else "",
        step=_step(voice, row["stage"], after["stage"]) if after else None,
    )


def _count_of(voice: Voice, stage: str) -> Value | None:
    """This fiscal year's value of the KPI that counts a stage: its trust is that of the count."""
    start = voice.facts.fiscal_year
    counting = COUNTED_BY.get(stage) or next(
        (
            kpi.metric
            for kpi in voice.facts.kpis.values()
            if kpi.kind == "count" and f"stage = '{stage}'" in voice.formula(kpi)
        ),
        "",
    )
    return voice.facts.fiscal_years.get(counting, {}).get(start) if start else None


def outcome_rows(voice: Voice) -> list[dict[str, Any]]:
    """Where those who entered a stage in the fiscal year are now: one row per stage and outcome."""
    entries = {row["stage"]: row for row in voice.facts.entries}
    rows = []
    for stage in voice.facts.stages:
        entry = entries.get(stage["stage"])
        total = sum(entry[outcome] for outcome in OUTCOMES) if entry else 0
        if entry is None or not total or stage["kind"] != "open":
            continue
        for order, outcome in enumerate(OUTCOMES):
            rows.append(
                {
                    "stage": stage_label(voice, stage["stage"]),
                    "outcome": outcome,
                    "word": voice.t(f"outcome_{outcome}"),
                    "order": order,
                    "share": entry[outcome] / total,
                    "people": voice.integer(entry[outcome]),
                    "percent": voice.percent(entry[outcome] / total),
                }
            )
    return rows


def _step(voice: Voice, before: str, after: str) -> Step | None:
    cohorts = [
        row
        for row in voice.facts.cohorts
        if (row["from_stage"], row["to_stage"]) == (before, after)
    ]
    if not cohorts:
        return None
    horizon = int(cohorts[-1]["horizon_days"])
    kpi = _metric(voice, before, after, horizon)
    return _step_of_kpi(voice, kpi, horizon) if kpi else _step_of_cohorts(voice, cohorts, horizon)


def _metric(voice: Voice, before: str, after: str, horizon: int) -> Kpi | None:
    """The KPI of a conversion, by the rule of names: it also knows whether to trust the number."""
    return voice.facts.kpis.get(f"{before}_to_{after}_{horizon}d")


def _step_of_kpi(voice: Voice, kpi: Kpi, horizon: int) -> Step:
    """The current fiscal year, or the one before while too few were followed long enough."""
    years = voice.facts.fiscal_years.get(kpi.metric, {})
    recent = [value for start, value in sorted(years.items(), reverse=True)][:2]
    usable = [v for v in recent if v.trust == "withheld" or v.status != "insufficient"]
    if not usable:
        return _nothing(voice, horizon)
    value = usable[0]
    period = voice.period("fiscal_year", value.period_start, value.period_end)
    flag = voice.withheld_by(value)
    return Step(
        rate=voice.percent(value.value) if value.trust != "withheld" else "",
        width=_width(value),
        horizon=voice.t("within_days", n=str(horizon)),
        basis=voice.t("of_cohort", n=voice.integer(value.n), period=period)
        if value.trust != "withheld"
        else period,
        interval="",
        maturity=value.status,
        maturity_word=voice.word("maturity", value.status),
        trust=value.trust,
        trust_word=voice.word("trust", value.trust),
        cause=voice.cause(flag) if value.trust == "withheld" else "",
    )


def _step_of_cohorts(voice: Voice, cohorts: list[Row], horizon: int) -> Step:
    """The cohorts of the fiscal year together; all cohorts while those are too few.

    A cohort's rate stands for all its members, so that each weighs as many as it has.
    """
    start = voice.facts.fiscal_year or date.min
    known = [row for row in cohorts if row["rate"] is not None]
    for rows in ([row for row in known if row["cohort_month"] >= start], known):
        # How many followed entities would tell as much; else how many were followed.
        told = sum(row["n_effective"] or row["n_mature"] or 0 for row in rows)
        if told >= FEWEST:
            return _pooled(voice, rows, sum(row["n"] for row in rows), horizon)
    return _nothing(voice, horizon)


def _pooled(voice: Voice, rows: list[Row], people: int, horizon: int) -> Step:
    rate = sum(row["rate"] * row["n"] for row in rows) / people
    followed = sum(row["n_mature"] or 0 for row in rows)
    lower, upper = _interval(rate, rows, people)
    months = [voice.month(rows[end]["cohort_month"]) for end in (0, -1)]
    maturity = "final" if followed == people else "provisional"
    trust, cause = _trust_of_stages(voice, rows[0]["from_stage"], rows[0]["to_stage"])
    return Step(
        rate=voice.percent(rate) if trust != "withheld" else "",
        width=round(100 * min(rate, 1.0), 1),
        horizon=voice.t("within_days", n=str(horizon)),
        basis=voice.t(
            "of_cohort" if followed == people else "of_projection",
            n=voice.integer(people),
            followed=voice.integer(followed),
            period=" – ".join(dict.fromkeys(months)),
        ),
        interval=voice.t("interval", lower=voice.percent(lower), upper=voice.percent(upper)),
        maturity=maturity,
        maturity_word=voice.word("maturity", maturity),
        trust=trust,
        trust_word=voice.word("trust", trust),
        cause=cause,
    )


def _interval(rate: float, rows: list[Row], people: int) -> tuple[float, float]:
    """Wilson's 95 % interval on the number of followed entities that tell as much as the cohorts.

    Each cohort states its own number; variances of parts that are known apart from each other add.
    """
    told = [(row["n"] / people, row["n_effective"] or row["n_mature"] or 1) for row in rows]
    n = 1 / sum(weight**2 / effective for weight, effective in told)
    z = 1.959963984540054
    middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _trust_of_stages(voice: Voice, *stages: str) -> tuple[str, str]:
    """A rate between stages is worth what their counts are: the worse of the two, and its cause."""
    judged = [value for stage in stages if (value := _count_of(voice, stage))]
    for trust in ("withheld", "drifting"):
        for value in judged:
            if value.trust == trust:
                return trust, voice.cause(voice.withheld_by(value)) if trust == "withheld" else ""
    return "ok", ""


def _nothing(voice: Voice, horizon: int) -> Step:
    return Step(
        rate="",
        width=0.0,
        horizon=voice.t("within_days", n=str(horizon)),
        basis=voice.t("too_young", n=str(horizon)),
        interval="",
        maturity="insufficient",
        maturity_word=voice.word("maturity", "insufficient"),
        trust="ok",
        trust_word=voice.word("trust", "ok"),
        cause="",
    )


def _width(value: Value) -> float:
    return round(100 * min(max(value.value or 0.0, 0.0), 1.0), 1)
