{% macro kpi_value_status(kpi_values) -%}
    {#- insufficient: nothing to divide by or too few cases for a rate. provisional: the period, or
        the horizon of the entities in it, is not over as of the as-of date. Otherwise final. -#}
    case
        when {{ kpi_values }}.value is null then 'insufficient'
        when {{ kpi_values }}.kind in ('rate', 'ratio') and coalesce({{ kpi_values }}.n, 0) < {{ var('minimum_denominator') }}
            then 'insufficient'
        when {{ kpi_values }}.period_end + cast({{ kpi_values }}.horizon_days as integer) > {{ as_of() }} then 'provisional'
        else 'final'
    end
{%- endmacro %}
