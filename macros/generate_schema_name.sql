{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- A schema is the layer's folder (staging, intermediate, seeds), or below marts the subject's
        (funnel, kpi, load), without the target's prefix. -#}
    {%- if custom_schema_name -%}
        {{ custom_schema_name | trim }}
    {%- elif node.resource_type == 'seed' -%}
        seeds
    {%- elif node.fqn | length > 2 -%}
        {{ node.fqn[2] if node.fqn[1] == 'marts' and node.fqn | length > 3 else node.fqn[1] }}
    {%- else -%}
        {{ target.schema }}
    {%- endif -%}
{%- endmacro %}
