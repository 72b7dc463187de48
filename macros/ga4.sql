{% macro ga4_event_param(name) -%}
    {#- A parameter's value as text. Its type drifts between exports, so all four slots count. -#}
    list_extract(list_transform(
        list_filter(params, lambda p: p.key = '{{ name }}'),
        lambda p: coalesce(p.value.string_value, p.value.int_value, p.value.float_value, p.value.double_value)
    ), 1)
{%- endmacro %}
