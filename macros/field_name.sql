{% macro field_name(name) -%}
    {#- A field's label or name of the interface as one key: Lead Status, leadStatus and lead_status. -#}
    lower(regexp_replace({{ name }}, '[\s_-]', '', 'g'))
{%- endmacro %}
