{% macro field_name(name) -%}
    {#- A field's label or name of the interface as one key: Lead Status, leadStatus and lead_status. -#}
    lower(regexp_replace({{ name }}, '[\s_-]', '', 'g'))
{%- endmacro %}

{% macro is_field(name, fields) -%}
    {#- Whether a field's name is one of those in a list with commas. -#}
    {{ field_name(name) }} in ({% for field in fields.split(',') %}{{ field_name("'" ~ field ~ "'") }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
