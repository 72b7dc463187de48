-- A row is a cohort whose rate is outside its interval, whose projection is outside of what is possible, or
-- that is final and not its plain ratio. Tolerance: rounding. Data engineering acts.

with

cohorts as (

    select * from {{ ref('fct_cohort_conversions') }}

)

select * from cohorts
where
    rate < rate_lower - 1e-9
    or rate > rate_upper + 1e-9
    or projected_converted < projected_lower - 1e-9
    or projected_converted > projected_upper + 1e-9
    or projected_converted > n - n_truncated + 1e-9
    or (status = 'final' and not is_truncated and rate != plain_rate)
    or (status != 'insufficient' and rate is null)
