{% macro acquisition_cost_status(cost_per_customer) -%}
    {#- insufficient: no customer, a cost that is not known, or too few customers for a mean.
        provisional: the month is not over as of the as-of date. Otherwise final. -#}
    case
        when {{ cost_per_customer }} is null or new_customers < {{ var('minimum_denominator') }} then 'insufficient'
        when last_day(acquisition_month) > {{ as_of() }} then 'provisional'
        else 'final'
    end
{%- endmacro %}
