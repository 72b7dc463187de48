"""The funnel: people entering each stage of the fiscal year, and conversions between stages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from keiro.report.facts import OUTCOMES
from keiro.report.rows import Kpi, Row, Value
from keiro.report.voice import Voice

# Below this many followed entities a rate that no KPI covers is not shown as a number.
FEWEST = 10


@dataclass(frozen=True)
class Step:
    """The conversion from one stage to the next, in words; `rate` is empty where there is none."""

    rate: str
    width: float
    horizon: str
    basis: str
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
    step: Step | None


def build_funnel(voice: Voice) -> list[Stage]:
    """The stages in their order."""
    stages = voice.facts.stages
    entered = {row["stage"]: row["entered"] for row in voice.facts.entries}
    following = [*stages[1:], None][: len(stages)]
    return [
        Stage(
            label=voice.pick(row["label_en"], row["label_ja"]) or row["stage"],
            entered=voice.integer(entered.get(row["stage"], 0)),
            owners=" → ".join(filter(None, (row["marketing_owner"], row["sales_owner"]))),
            step=_step(voice, row["stage"], after["stage"]) if after else None,
        )
        for row, after in zip(stages, following, strict=True)
    ]


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
                    "stage": voice.pick(stage["label_en"], stage["label_ja"]) or stage["stage"],
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
        maturity=value.status,
        maturity_word=voice.word("maturity", value.status),
        trust=value.trust,
        trust_word=voice.word("trust", value.trust),
        cause=voice.cause(flag) if value.trust == "withheld" else "",
    )


def _step_of_cohorts(voice: Voice, cohorts: list[Row], horizon: int) -> Step:
    """The cohorts of the fiscal year together; all cohorts while those are too few."""
    start = voice.facts.fiscal_year or date.min
    known = [row for row in cohorts if row["rate"] is not None]
    for rows in ([row for row in known if row["cohort_month"] >= start], known):
        followed = sum(row["n_mature"] or 0 for row in rows)
        if followed < FEWEST:
            continue
        rate = sum(row["rate"] * (row["n_mature"] or 0) for row in rows) / followed
        is_whole = followed == sum(row["n"] for row in rows)
        maturity = "final" if is_whole else "provisional"
        months = (rows[0]["cohort_month"], rows[-1]["cohort_month"])
        return Step(
            rate=voice.percent(rate),
            width=round(100 * min(rate, 1.0), 1),
            horizon=voice.t("within_days", n=str(horizon)),
            basis=voice.t(
                "of_cohort",
                n=voice.integer(followed),
                period=" – ".join(voice.month(month) for month in months),
            ),
            maturity=maturity,
            maturity_word=voice.word("maturity", maturity),
            trust="ok",
            trust_word=voice.word("trust", "ok"),
            cause="",
        )
    return _nothing(voice, horizon)


def _nothing(voice: Voice, horizon: int) -> Step:
    return Step(
        rate="",
        width=0.0,
        horizon=voice.t("within_days", n=str(horizon)),
        basis=voice.t("too_young", n=str(horizon)),
        maturity="insufficient",
        maturity_word=voice.word("maturity", "insufficient"),
        trust="ok",
        trust_word=voice.word("trust", "ok"),
        cause="",
    )


def _width(value: Value) -> float:
    return round(100 * min(max(value.value or 0.0, 0.0), 1.0), 1)
