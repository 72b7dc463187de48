-- The marts that metrics read. A Python model cannot name models from a variable; this one does, so
-- that dbt builds them before the metrics are queried.

{%- set metric_models = [
    'dim_channels', 'dim_dates', 'fct_acquisition_days', 'fct_attribution_credits', 'fct_costs',
    'fct_handovers', 'fct_opportunities', 'fct_opportunity_origins', 'fct_pipeline_days',
    'fct_seminar_attendances', 'fct_sessions', 'fct_stage_conversions', 'fct_stage_entries',
    'fct_web_event_days'
] + var('own_metric_models') %}

with

metric_models as (

    {% for metric_model in metric_models %}
        select '{{ ref(metric_model).identifier }}' as metric_model
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from metric_models
