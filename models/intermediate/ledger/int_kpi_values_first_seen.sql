-- What was first reported at each age of a period: its value from `age_days` days after its end until before
-- `until_age_days`. Late data are judged by comparing a young value with those that were seen at the same age.

{{ config(materialized='view') }}

with

ledger as (

    select * from {{ ref('fct_kpi_ledger') }}

),

first_reports as (

    -- Of several publications on one as-of date the first counts: later ones saw more.
    select
        *,
        valid_at - period_end as age_days
    from ledger
    qualify row_number() over (
        partition by metric, grain, scope, period_start, valid_at
        order by known_at
    ) = 1

),

followed as (

    -- A publication as of an earlier day than one before it is no first sight.
    select *
    from first_reports
    qualify age_days > coalesce(max(age_days) over (
        partition by metric, grain, scope, period_start
        order by known_at
        rows between unbounded preceding and 1 preceding
    ), age_days - 1)

)

select
    metric,
    grain,
    scope,
    period_start,
    period_end,
    age_days,
    lead(age_days) over (
        partition by metric, grain, scope, period_start
        order by known_at
    ) as until_age_days,
    value,
    n,
    status,
    trust,
    definition_hash,
    known_at
from followed
