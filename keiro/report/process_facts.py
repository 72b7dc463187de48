"""What the page says of speed, handovers and origins, read from a published database."""

from dataclasses import dataclass
from datetime import date

from keiro.report.rows import Reader, Row

ORIGINS = (
    "is_sourced_by_lead_source",
    "is_sourced_by_first_touch",
    "is_sourced_by_touch_before_creation",
    "is_influenced_before_creation",
    "is_influenced_before_close",
    "is_unattributed",
)


@dataclass(frozen=True)
class ProcessFacts:
    """Rows of the funnel's own tables; lists are empty where the database has none.

    `velocities` and `ages` hold one row per stage pair, `handovers` one per month and outcome of
    the last six months with MQLs, `reasons` one per reason for which sales turned people down in
    them, `origins` one row on the deals won in the fiscal year.
    """

    velocities: list[Row]
    ages: list[Row]
    handovers: list[Row]
    reasons: list[Row]
    origins: list[Row]


def read_process(reader: Reader, first: date | None, last: date | None) -> ProcessFacts:
    """Read all of it; `first` is the first day of the fiscal year, `last` the as-of date."""
    outcomes = "funnel.fct_handover_outcomes"
    return ProcessFacts(
        velocities=reader.dicts("funnel.fct_stage_velocities", VELOCITIES),
        ages=reader.dicts("funnel.fct_stage_ages", AGES),
        handovers=reader.dicts(outcomes, HANDOVERS, last=last),
        reasons=reader.dicts(outcomes, REASONS, last=last),
        origins=reader.dicts("funnel.fct_opportunity_origins", _origins(), first=first, last=last),
    )


VELOCITIES = """
    select stage_pair, from_stage, to_stage, n, p25_days, median_days, p75_days, status
    from funnel.fct_stage_velocities
    where scope = 'all'
"""
AGES = """
    select
        stage_pair,
        from_stage,
        count(*) as waiting,
        count(*) filter (where is_ageing) as ageing,
        count(is_ageing) as judged
    from funnel.fct_stage_ages
    group by stage_pair, from_stage
"""
# Six months: enough to see a trend, few enough for a small table.
HANDOVERS = """
    select
        cohort_month,
        outcome,
        sum(n_outcome) as people,
        sum(n_in_time) as in_time,
        max(n_due) as due,
        any_value(status) as status
    from funnel.fct_handover_outcomes
    where scope = 'all' and cohort_month > cast($last as date) - interval 6 month
    group by cohort_month, outcome
    order by cohort_month, outcome
"""
REASONS = """
    select rejection_reason as reason, sum(n_outcome) as people
    from funnel.fct_handover_outcomes
    where
        scope = 'all' and outcome = 'rejected' and n_outcome > 0
        and cohort_month > cast($last as date) - interval 6 month
    group by rejection_reason
    order by people desc, reason
    limit 6
"""


def _origins() -> str:
    counted = ", ".join(
        f"coalesce(sum(amount) filter (where {name}), 0) as {name}_amount,"
        f" count(*) filter (where {name}) as {name}_deals"
        for name in ORIGINS
    )
    return f"""
        select count(*) as deals, coalesce(sum(amount), 0) as amount, {counted}
        from funnel.fct_opportunity_origins
        where is_won and closed_date between $first and $last
    """
