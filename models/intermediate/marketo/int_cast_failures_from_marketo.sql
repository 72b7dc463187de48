{{ config(enabled='marketo' in var('sources')) }}

-- Cells of Marketo's extracts whose text is no time, no number or no JSON.

with

failures as (

    {{ cast_failures('marketo', 'leads', ref('stg_marketo__leads'), {
        'created_time': 'created_at', 'updated_time': 'updated_at'
    }) }}
    union all
    {{ cast_failures('marketo', 'activities', ref('stg_marketo__activities'), {
        'activity_date': 'occurred_at', 'activity_type_id': 'type_id', 'attributes': 'attribute_values'
    }) }}

)

select * from failures
