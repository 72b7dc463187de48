{{ config(enabled='salesforce' in var('sources')) }}

-- Evidence of the stages of Salesforce leads: creation, custom stage dates, status by its history, and
-- conversion. The conversion's date has no time, so it counts only where history does not have it.

with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

tracked as (

    select * from {{ ref('int_tracked_values_dated') }}
    where entity_type = 'person'

),

conversions as (

    select
        leads.lead_id,
        coalesce(
            min(tracked.changed_at) filter (where tracked.field_name = 'converted'),
            min(tracked.changed_at) filter (where {{ to_local_date('tracked.changed_at') }} = leads.conversion_date),
            {{ to_utc('cast(leads.conversion_date as timestamp)') }}
        ) as entered_at,
        count(tracked.entity_id) filter (
            where tracked.field_name = 'converted' or {{ to_local_date('tracked.changed_at') }} = leads.conversion_date
        ) = 0 as is_date_only
    from leads
    left join tracked on leads.lead_id = tracked.entity_id
    where leads.is_converted
    group by leads.lead_id, leads.conversion_date

)

select
    lead_id,
    'record_date' as source_field,
    source_value,
    entered_at,
    is_date_only
from {{ ref('int_lead_dates_unpivoted') }}
union all
select
    lead_id,
    'record_date' as source_field,
    'lead_converted' as source_value,
    entered_at,
    is_date_only
from conversions
union all
select
    entity_id as lead_id,
    'lead_status' as source_field,
    tracked_value as source_value,
    changed_at as entered_at,
    is_date_only
from tracked
where field_name = 'status'
union all
select
    lead_id,
    'lead_status' as source_field,
    lead_status as source_value,
    null as entered_at,
    false as is_date_only
from leads
where lead_status is not null
