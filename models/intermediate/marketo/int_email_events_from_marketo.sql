{{ config(enabled='marketo' in var('sources')) }}

-- E-mail activities of people: without those that Marketo takes for bots.

with

activities as (

    select * from {{ ref('stg_marketo__activities') }}
    where type_id in (6, 7, 8, 9, 10, 11, 27)

)

select
    'marketo' as source,
    activity_id as event_id,
    lead_id as source_person_id,
    case type_id
        when 6 then 'SENT'
        when 7 then 'DELIVERED'
        when 8 then 'BOUNCE'
        when 9 then 'UNSUBSCRIBE'
        when 10 then 'OPEN'
        when 11 then 'CLICK'
        when 27 then 'SOFT_BOUNCE'
    end as event_type,
    subject_id as email_campaign_id,
    subject as email_campaign,
    occurred_at
from activities
where coalesce(lower(attribute_values['is_bot_activity']), 'false') not in ('true', '1')
