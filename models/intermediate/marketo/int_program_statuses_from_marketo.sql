{{ config(enabled='marketo' in var('sources')) }}

-- Changes of a person's status in a program, such as Not in Program, On List, Attended (type 104).

with

activities as (

    select * from {{ ref('stg_marketo__activities') }}
    where type_id = 104

)

select
    'marketo' as source,
    activity_id as event_id,
    lead_id as source_person_id,
    subject_id as program_id,
    subject as program,
    attribute_values['old_status'] as old_status,
    attribute_values['new_status'] as new_status,
    {{ parse_boolean("attribute_values['success']") }} as is_success,
    occurred_at
from activities
