with

kpi_values as (

    select * from {{ ref('int_kpi_values_computed') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

periods as (

    select * from {{ ref('int_kpi_periods_listed') }}

),

broken_days as (

    select * from {{ ref('int_kpi_days_broken') }}

),

drifting as (

    select distinct
        metric,
        scope,
        period_start,
        period_end
    from {{ ref('fct_kpi_flags') }}
    where kind = 'drifting' and metric is not null

),

broken as (

    -- A flag on scope `all` says that the measurement is broken, so it holds for every scope.
    select
        kpi_values.metric,
        kpi_values.grain,
        kpi_values.period_start,
        kpi_values.scope,
        count(distinct broken_days.date_day) filter (where broken_days.is_business_day) as broken_business_days,
        min(broken_days.flag_id) as flag_id
    from kpi_values
    inner join broken_days
        on
            kpi_values.metric = broken_days.metric
            and broken_days.scope in ('all', kpi_values.scope)
            and broken_days.date_day between kpi_values.period_start and kpi_values.period_end
    group by all

),

judged as (

    select
        kpi_values.*,
        broken.flag_id,
        broken.flag_id is not null
        and broken.broken_business_days >= {{ var('withhold_share') }} * greatest(periods.business_days, 1) as is_withheld,
        broken.flag_id is not null or exists (
            select 1
            from drifting
            where
                drifting.metric = kpi_values.metric
                and drifting.scope in ('all', kpi_values.scope)
                and drifting.period_start <= kpi_values.period_end
                and drifting.period_end >= kpi_values.period_start
        ) as is_flagged
    from kpi_values
    inner join periods on kpi_values.grain = periods.grain and kpi_values.period_start = periods.period_start
    left join broken
        on
            kpi_values.metric = broken.metric
            and kpi_values.grain = broken.grain
            and kpi_values.period_start = broken.period_start
            and kpi_values.scope = broken.scope

)

select
    judged.metric || ':' || judged.grain || ':' || judged.period_start || ':' || judged.scope as kpi_value_id,
    judged.metric,
    judged.grain,
    judged.period_start,
    judged.period_end,
    judged.scope,
    case when not judged.is_withheld then judged.value end as value,
    case when not judged.is_withheld then judged.numerator end as numerator,
    case when not judged.is_withheld then judged.denominator end as denominator,
    case when not judged.is_withheld then judged.n end as n,
    {{ kpi_value_status('judged') }} as status,
    case
        when judged.is_withheld then 'withheld'
        when judged.is_flagged then 'drifting'
        else 'ok'
    end as trust,
    case when judged.is_withheld then judged.flag_id end as withheld_by_flag_id,
    kpis.unit,
    kpis.definition_hash,
    {{ as_of() }} as as_of
from judged
inner join kpis on judged.metric = kpis.metric
