-- Broken identities, in the shape of flags: one flag for periods in a row, with the largest gap.

with

spans as (

    select * from {{ ref('int_kpi_identities_spanned') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

),

broken as (

    select
        metric,
        formula,
        scope,
        min(period_start) as period_start,
        least(max(period_end), {{ as_of() }}) as period_end,
        count(*) as periods,
        arg_max(replace(grain, '_', ' '), abs(difference)) as worst_grain,
        arg_max(period_start, abs(difference)) as worst_start,
        printf('%.12g', arg_max(value, abs(difference))) as worst_value,
        printf('%.12g', arg_max(formula_value, abs(difference))) as worst_formula_value
    from spans
    group by metric, formula, scope, span

)

select
    'identity' as rule,
    broken.metric as subject,
    broken.metric,
    broken.scope,
    broken.period_start,
    broken.period_end,
    'broken' as kind,
    'definition' as cause,
    'warning' as severity,
    kpis.owner,
    {{ identity_detail('en') }} as detail_en,
    {{ identity_detail('ja') }} as detail_ja,
    {{ identity_remedy('en') }} as remedy_en,
    {{ identity_remedy('ja') }} as remedy_ja,
    cast(broken.period_end as timestamp) as first_seen_at,
    cast(null as timestamp) as closed_at
from broken
inner join kpis on broken.metric = kpis.metric
