"""Rates by create date and handovers of the demo against the simulator's own deals and people."""

import duckdb
import pytest

from tests.e2e.conftest import PublishedDemo

TOKYO = "cast(timezone('Asia/Tokyo', {}) as date)"
AS_OF = "date '2026-09-30'"


@pytest.fixture(scope="module")
def published(demo: PublishedDemo) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(demo.database), read_only=True)
    for name in ("deals", "people"):
        con.execute(
            f"create temp view true_{name} as from read_parquet('{demo.truth / name}.parquet')"
        )
    return con


@pytest.mark.parametrize(
    ("metric", "weight"),
    [
        ("won_per_created_180d", "1"),
        ("won_value_per_created_value_180d", "case when is_won or has_amount then amount_jpy end"),
    ],
)
def test_rates_by_create_date_are_those_of_the_true_deals(
    metric: str, weight: str, published: duckdb.DuckDBPyConnection
) -> None:
    """Deals followed for less than 180 days are in neither; the newest months say so."""
    created, closed = TOKYO.format("created_at"), TOKYO.format("closed_at")
    rows = published.execute(
        f"""
        with truth as (
            select date_trunc('month', {created})::date as period_start, sum({weight}) as n,
                sum({weight} * (is_won and {closed} - {created} <= 180)::int) as won
            from true_deals
            where {AS_OF} - {created} >= 180 and {created} >= date '2024-10-01'
            group by all
        )
        select period_start, v.numerator, v.denominator, truth.won, truth.n, v.status
        from kpi.fct_kpi_values v left join truth using (period_start)
        where v.metric = ? and v.grain = 'month' and v.scope = 'all' and v.trust != 'withheld'
        """,
        [metric],
    ).fetchall()
    known = [row for row in rows if row[4] is not None]
    assert len(known) >= 18
    assert [row for row in known if (row[1], row[2]) != (row[3], row[4])] == []
    newest = [row for row in rows if str(row[0]) >= "2026-05-01"]
    assert {row[5] for row in newest} == {"insufficient"}
    assert {row[2] for row in newest} == {0}


def test_what_sales_did_with_each_months_mqls_is_what_the_people_lived(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """The CRM says nothing of an MQL stage that was skipped: such people were not handed over."""
    passed = TOKYO.format("mql_at")
    differing, compared = published.execute(
        f"""
        with lives as (
            select date_trunc('month', {passed})::date as cohort_month,
                case
                    when least({TOKYO.format("sal_at")}, {TOKYO.format("sql_at")}) <= {AS_OF}
                        then 'accepted'
                    when {TOKYO.format("disqualified_at")} <= {AS_OF} then 'rejected'
                    else 'never_touched'
                end as outcome
            from true_people
            where {passed} < date '2026-09-01' and contact_id is not null
                and skipped_stage is distinct from 'mql'
        ), truth as (
            select cohort_month, outcome, count(*) as n from lives group by all
        ), found as (
            select cohort_month, outcome, sum(n_outcome) as n from funnel.fct_handover_outcomes
            where scope = 'all' and cohort_month < date '2026-09-01' group by all
        )
        select count(*) filter (where truth.n is distinct from found.n), count(*)
        from truth full join found using (cohort_month, outcome)
        """
    ).fetchone()
    assert compared >= 60
    assert differing == 0
