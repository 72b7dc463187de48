{% macro current_salesforce_rows(table_name) %}
    {#- `current_rows` with `valid_id`, the id in its form of 18 characters (null where it is none).
        Where exports of both forms gave the same record, the newer one. -#}
    select
        *,
        {{ salesforce_id('id') }} as valid_id
    from ({{ current_rows('salesforce', table_name) }}) as known
    qualify row_number() over (
        partition by coalesce(valid_id, id)
        order by _extracted_at desc nulls last, _load_seq desc, _row_number desc
    ) = 1
{% endmacro %}

{% macro current_salesforce_history(table_name, content) %}
    {#- Rows of a history, each once: by its id, or in a report, which has none, by its `content`. -#}
    select
        *,
        {{ salesforce_id('id') }} as valid_id
    from ({{ current_rows('salesforce', table_name) }}) as known
    qualify row_number() over (
        partition by
            coalesce(valid_id, id)
            {%- for column in content %},
            case when id is null then {{ column }} end
            {%- endfor %}
        order by _extracted_at desc nulls last, _load_seq desc, _row_number desc
    ) = 1
{% endmacro %}

{% macro salesforce_key(text_value) -%}
    {#- An id as a key: in its form of 18 characters, or as it is where it is no valid id. -#}
    coalesce({{ salesforce_id(text_value) }}, {{ clean_text(text_value) }})
{%- endmacro %}

{% macro salesforce_field(text_value) -%}
    {#- What a row of field history speaks of: `stage_name`, `status`, `created`, `converted`, or the
        name of another field as exported. API names and report labels in English and Japanese. -#}
    case
        when lower({{ clean_text(text_value) }}) in ('stagename', 'stage', 'フェーズ') then 'stage_name'
        when lower({{ clean_text(text_value) }}) in ('status', 'lead status', '状況', 'リード状況') then 'status'
        when
            lower({{ clean_text(text_value) }})
            in ('created', 'created.', '作成', '作成。', '作成済み', '作成されました', '作成されました。')
            then 'created'
        when
            lower({{ clean_text(text_value) }})
            in ('leadconverted', 'lead converted', 'converted', 'converted.', '取引開始', '取引開始済み')
            then 'converted'
        else {{ clean_text(text_value) }}
    end
{%- endmacro %}
