{{ config(enabled='marketo' in var('sources'), materialized='table') }}

-- Marketo writes attribute names as labels in bulk extracts (New Value) and in lower case with
-- underscores elsewhere (new_value): both are the latter here. Of a name that comes twice, the first counts.

with

source as (

    {{ current_rows('marketo', 'activities') }}

),

named as (

    select
        *,
        case when json_type(try_cast(attributes as json)) = 'OBJECT' then json_keys(attributes) end as attribute_names,
        list_transform(attribute_names, lambda name_: replace(lower(trim(name_)), ' ', '_')) as attribute_keys
    from source

),

renamed as (

    select
        ---------- ids
        trim(activity_id) as activity_id,
        trim(lead_id) as lead_id,
        {{ parse_integer('activity_type_id') }} as type_id,
        {{ no_placeholder('campaign_id') }} as campaign_id,
        {{ no_placeholder('primary_attribute_value_id') }} as subject_id,

        ---------- text
        {{ no_placeholder('primary_attribute_value') }} as subject,
        {{ no_placeholder('action_result') }} as action_result,
        map_from_entries(list_transform(list_distinct(attribute_keys), lambda key_: struct_pack(
            k := key_,
            v := nullif(json_extract_string(
                attributes,
                '/' || replace(replace(attribute_names[list_position(attribute_keys, key_)], '~', '~0'), '/', '~1')
            ), 'null')
        ))) as attribute_values,

        ---------- times
        {{ parse_timestamp('activity_date', 'UTC') }} as occurred_at,

        ---------- text of casts, to show a failed one
        activity_date,
        activity_type_id,
        {{ no_placeholder('attributes') }} as attributes,

        ---------- origin
        _file_name,
        _row_number
    from named

)

select * from renamed
