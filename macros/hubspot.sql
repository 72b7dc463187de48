{% macro hubspot_stage_of_header(header) -%}
    {#- The stage, label or internal id, of a header that says when a record came into it:
        Date entered "<stage> (<pipeline>)", its Japanese forms, Became a <stage> Date,
        hs_date_entered_<id>, hs_v2_date_entered_<id>, hs_lifecyclestage_<id>_date. Else null. -#}
    case when not regexp_matches({{ header }}, '(?i)current[ _]stage|現在の') then regexp_replace(trim(coalesce(
        {%- for pattern in [
            '(?i)^hs_(?:v2_)?date_entered_(.+)$',
            '(?i)^hs_lifecyclestage_(.+)_date$',
            '(?i)^date entered (.+)$',
            '(?i)^became an? (.+) date$',
            '^(.+?)(?:に入った|を開始した|に移行した|になった|に転換した)(?:日付|日時|日)$',
        ] %}
        nullif(regexp_extract({{ header }}, '{{ pattern }}', 1), ''){{ ',' if not loop.last }}
        {%- endfor %}
    ), '"“”「」『』 '), '\s*[(（](?:[^()（）]|[(（][^()（）]*[)）])*[)）]$', '') end
{%- endmacro %}

{% macro hubspot_stage_dates(relation, id_column) -%}
    {#- The cells of `other_columns` whose header names a stage, one row each. -#}
    select
        {{ id_column }},
        {{ clean_text(hubspot_stage_of_header('trim(cell.key)')) }} as stage_value,
        cell.key as header,
        cell.value as entered_date,
        _file_name,
        _row_number
    from (
        select
            {{ id_column }},
            unnest(map_entries(cast(cast(other_columns as json) as map(varchar, varchar)))) as cell,
            _file_name,
            _row_number
        from {{ relation }}
        where other_columns is not null
    ) as cells
    where stage_value is not null and cell.value is not null
{%- endmacro %}

{% macro hubspot_property(name) -%}
    {#- The internal name of a stage property that a history gives by label; others as they are. -#}
    case lower(trim({{ name }}))
        when 'lifecycle stage' then 'lifecyclestage'
        when 'ライフサイクルステージ' then 'lifecyclestage'
        when 'deal stage' then 'dealstage'
        when '取引ステージ' then 'dealstage'
        else trim({{ name }})
    end
{%- endmacro %}

{% macro first_entry(text_value) -%}
    {#- The first entry of a list with semicolons; null when there is none. -#}
    nullif(trim(split_part({{ text_value }}, ';', 1)), '')
{%- endmacro %}

{% macro stages_observed_after(object, known, record_id, stage) -%}
    {#- The stages that snapshots of an object show after the last entry that is known of a record, with
        the columns of `known`: the record's id, the stage, its time, and that only the day is known. -#}
    select
        observed.record_id as {{ record_id }},
        observed.source_value as {{ stage }},
        observed.entered_at,
        true as is_date_only
    from {{ ref('int_hubspot_stages_observed') }} as observed
    anti join (
        select {{ record_id }} as record_id, max(entered_at) as last_entered_at from {{ known }} group by {{ record_id }}
    ) as last_known on observed.record_id = last_known.record_id
        and observed.entered_at <= last_known.last_entered_at
    semi join (select '{{ object }}' as object) as objects on observed.object = objects.object
{%- endmacro %}
