-- What is measured of each initiative: its KPI, and its guardrail where it names one. A plan may be made for
-- a metric that is switched off; then nothing is measured.

with

initiatives as (

    select * from {{ ref('initiatives') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

roles as (

    select
        *,
        'target' as role,
        metric as measured_metric,
        expected_effect as measured_effect
    from initiatives
    union all
    select
        *,
        'guardrail' as role,
        guardrail_metric as measured_metric,
        null as measured_effect
    from initiatives
    where guardrail_metric is not null

)

select
    roles.initiative_id,
    roles.role,
    roles.measured_metric as metric,
    roles.scope,
    roles.design,
    roles.design != 'before_after' as has_control,
    coalesce(roles.control_metric, roles.measured_metric) as control_metric,
    coalesce(roles.control_scope, roles.scope) as control_scope,
    roles.start_date,
    roles.end_date,
    roles.lag_days,
    roles.measured_effect as expected_effect,
    kpis.direction
from roles
inner join kpis on roles.measured_metric = kpis.metric
