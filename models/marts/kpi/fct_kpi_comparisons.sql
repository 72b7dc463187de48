with

kpis as (

    select * from {{ ref('dim_kpis') }}
    where role != 'component' and (kind in ('count', 'amount', 'stock') or numerator_metric is not null)

),

daily as (

    select * from {{ ref('fct_kpi_values') }}
    where grain = 'day'

),

recorded as (

    -- What began within the earlier stretch cannot be compared with all of it.
    select
        metric,
        min(period_start) as first_day
    from daily
    where scope = 'all'
    group by metric

),

spans as (

    select * from {{ ref('int_period_spans_compared') }}

),

summed as (

    select
        kpis.metric,
        daily.scope,
        spans.grain,
        spans.period_start,
        spans.compared_with,
        spans.basis,
        spans.compared_start,
        spans.compared_through,
        spans.span,
        case
            when count(*) filter (where daily.trust = 'withheld') > 0 then null
            when max(recorded.first_day) > spans.span_start then null
            when kpis.kind in ('count', 'amount') then {{ exact_sum('daily.value') }}
            when kpis.kind = 'stock' then arg_max(daily.value, daily.period_start)
            else {{ exact_sum('daily.numerator') }} / nullif({{ exact_sum('daily.denominator') }}, 0)
        end as span_value
    from spans
    inner join daily on daily.period_start between spans.span_start and spans.span_end
    inner join kpis on daily.metric = kpis.metric
    inner join recorded on daily.metric = recorded.metric
    group by
        kpis.metric, kpis.kind, daily.scope, spans.grain, spans.period_start, spans.compared_with, spans.basis,
        spans.compared_start, spans.compared_through, spans.span, spans.span_start

)

select
    concat_ws(':', metric, grain, period_start, scope, compared_with, basis) as kpi_comparison_id,
    metric,
    scope,
    grain,
    period_start,
    compared_with,
    basis,
    compared_start,
    compared_through,
    max(span_value) filter (where span = 'now') as value,
    max(span_value) filter (where span = 'then') as compared_value,
    max(span_value) filter (where span = 'now') / nullif(max(span_value) filter (where span = 'then'), 0) - 1 as growth,
    {{ as_of() }} as as_of
from summed
group by metric, scope, grain, period_start, compared_with, basis, compared_start, compared_through
