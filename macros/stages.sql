{% macro stage_ends(source_name, source_field) -%}
    {#- The values of a field that end an opportunity, in lower case, with the stage that they mean. -#}
    select
        stage_mapping.stage,
        stage_mapping.source_value
    from {{ ref('int_stage_values_mapped') }} as stage_mapping
    inner join {{ ref('int_stages_agreed') }} as stages
        on stage_mapping.contract = stages.contract and stage_mapping.stage = stages.stage
    where
        stage_mapping.source = '{{ source_name }}'
        and stage_mapping.source_field = '{{ source_field }}'
        and stages.kind != 'open'
{%- endmacro %}
