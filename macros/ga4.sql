{% macro ga4_event_params(params_text) -%}
    {#- A list of parameters from their JSON. Parquet writers that do not mark lists as such put
        `list` and `element` between; values are taken as text, whatever their type. -#}
    {%- set entry -%}
        {"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR", "float_value": "VARCHAR", "double_value": "VARCHAR"}}
    {%- endset -%}
    case
        when starts_with({{ params_text }}, '{"list":') then list_transform(
            from_json({{ params_text }}, '{"list": [{"element": {{ entry }}}]}').list, lambda item: item.element
        )
        else from_json({{ params_text }}, '[{{ entry }}]')
    end
{%- endmacro %}

{% macro ga4_param_names(params) -%}
    list_transform({{ params }}, lambda p: p.key)
{%- endmacro %}

{% macro ga4_param_values(params) -%}
    {#- The parameters' values as text, in their order. Types drift between exports, so all four slots count; a
        whole number in a slot of decimals is the same text as in the slot of integers. -#}
    list_transform({{ params }}, lambda p: coalesce(
        p.value.string_value,
        p.value.int_value,
        {{ whole_number_text('p.value.float_value') }},
        {{ whole_number_text('p.value.double_value') }}
    ))
{%- endmacro %}

{% macro ga4_event_param(name) -%}
    {#- A parameter's value as text, of the first parameter of that name. -#}
    param_values[list_position(param_names, '{{ name }}')]
{%- endmacro %}

{% macro whole_number_text(text_value) -%}
    {#- The text of a decimal without the point where it is a whole number that a DOUBLE holds exactly. -#}
    case
        when try_cast({{ text_value }} as double) = floor(try_cast({{ text_value }} as double))
            and abs(try_cast({{ text_value }} as double)) <= 9007199254740992
            then cast(cast(try_cast({{ text_value }} as double) as bigint) as varchar)
        else {{ text_value }}
    end
{%- endmacro %}

{% macro ga4_traffic(field) -%}
    {#- Source, medium or campaign of the session: as GA4 attributes it to the last click, else as
        collected with the event, else, in exports before 2022, among the event's parameters. -#}
    {%- set name = 'campaign_name' if field == 'campaign' else field -%}
    coalesce(
        last_click.cross_channel_campaign.{{ name }},
        last_click.manual_campaign.{{ name }},
        collected.manual_{{ name }},
        {{ ga4_event_param(field) }}
    )
{%- endmacro %}

{% macro ga4_shards_united(relation, table_name) -%}
    {#- The rows of a day's files, with those that several shards have once: the same in all columns
        but the shard's number. -#}
    {%- set own = ['export_part', 'event_date', 'event_timestamp', 'event_name', 'user_pseudo_id'] -%}
    {%- set content = ['_extra'] -%}
    {%- if execute -%}
        {%- for node in graph.sources.values() if node.source_name == 'ga4' and node.name == table_name -%}
            {%- do content.extend(node.columns | reject('in', own)) -%}
        {%- endfor -%}
    {%- endif %}
    select * from {{ relation }}
    where not contains(export_part, '-')
    union all
    select * from {{ relation }}
    where contains(export_part, '-') is distinct from false
    qualify row_number() over (
        partition by {{ own[1:] | join(', ') }}, hash({{ content | join(', ') }})
        order by _load_seq desc, _row_number
    ) = 1
{%- endmacro %}
