with

targets as (

    -- A target that was changed keeps both rows; the newest one that is in effect counts.
    select * from {{ ref('kpi_targets') }}
    where effective_from <= {{ as_of() }}
    qualify row_number() over (
        partition by metric, scope, grain, period_start
        order by effective_from desc
    ) = 1

),

kpi_values as (

    select * from {{ ref('fct_kpi_values') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

measured as (

    select
        targets.metric,
        targets.scope,
        targets.grain,
        targets.period_start,
        periods.period_end,
        cast(targets.target as double) as target,
        kpi_values.value as actual,
        kpi_values.trust,
        kpi_values.status as value_status,
        kpis.direction,
        periods.business_days_passed / nullif(periods.business_days, 0) as share_passed,
        kpis.kind in ('count', 'amount') as is_flow
    from targets
    inner join periods on targets.grain = periods.grain and targets.period_start = periods.period_start
    inner join kpis on targets.metric = kpis.metric
    left join kpi_values
        on
            targets.metric = kpi_values.metric
            and targets.scope = kpi_values.scope
            and targets.grain = kpi_values.grain
            and targets.period_start = kpi_values.period_start

),

paced as (

    select
        *,
        actual / nullif(target, 0) as attainment,
        -- A stock or a ratio has no pace: it is compared with its target as it stands.
        case when is_flow then share_passed end as expected_share,
        case when is_flow then actual / nullif(target * share_passed, 0) end as pace_index
    from measured

),

compared as (

    select
        *,
        case
            when direction = 'up' then coalesce(pace_index, attainment)
            else 1 / nullif(coalesce(pace_index, attainment), 0)
        end as progress
    from paced

)

select
    metric || ':' || grain || ':' || period_start || ':' || scope as kpi_status_id,
    metric,
    scope,
    grain,
    period_start,
    period_end,
    target,
    actual,
    attainment,
    expected_share,
    pace_index,
    coalesce(trust, 'ok') as trust,
    case
        when trust = 'withheld' then 'withheld'
        when actual is null or value_status = 'insufficient' then 'insufficient'
        when is_flow and direction = 'up' and attainment >= 1 then 'reached'
        -- Within 2 % of the pace is on it: a business day is about as much of a fiscal quarter.
        when progress >= 0.98 then 'on_track'
        when progress >= 0.9 then 'slightly_behind'
        else 'behind'
    end as status,
    {{ as_of() }} as as_of
from compared
