{{ config(enabled='salesforce' in var('sources')) }}

-- One row per time at which the stage of a Salesforce opportunity or the status of a lead took a
-- value, by field history. The value from the creation on is the old one of the first change, where
-- the history still has the creation; Salesforce keeps 18 months.

with

changes as (

    select
        'opportunity' as entity_type,
        opportunity_id as entity_id,
        * exclude (opportunity_id, opportunity_field_change_id)
    from {{ ref('stg_salesforce__opportunity_field_changes') }}
    where field_name in ('stage_name', 'created')
    union all by name
    select
        'person' as entity_type,
        lead_id as entity_id,
        * exclude (lead_id, lead_field_change_id)
    from {{ ref('stg_salesforce__lead_field_changes') }}
    where field_name in ('status', 'created', 'converted')

),

dated as (

    select * from changes
    where not is_deleted and changed_at is not null

),

creations as (

    select
        entity_type,
        entity_id,
        min(changed_at) as created_at,
        arg_min(is_date_only, changed_at) as is_date_only
    from dated
    where field_name = 'created'
    group by entity_type, entity_id

),

first_values as (

    select
        entity_type,
        entity_id,
        arg_min(value_before, (changed_at, _file_name, _row_number)) as first_value
    from dated
    where field_name in ('stage_name', 'status')
    group by entity_type, entity_id

)

select
    entity_type,
    entity_id,
    field_name,
    case when field_name != 'converted' then value_after end as tracked_value,
    changed_at,
    is_date_only
from dated
where field_name = 'converted' or (field_name in ('stage_name', 'status') and value_after is not null)
union all
select
    creations.entity_type,
    creations.entity_id,
    case when creations.entity_type = 'person' then 'status' else 'stage_name' end as field_name,
    first_values.first_value as tracked_value,
    creations.created_at as changed_at,
    creations.is_date_only
from creations
inner join first_values
    on
        creations.entity_type = first_values.entity_type
        and creations.entity_id = first_values.entity_id
where first_values.first_value is not null
