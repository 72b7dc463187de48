{{ config(enabled='account_engagement' in var('sources')) }}

-- E-mail activities of prospects. An activity that names no mail is one of a page, form or file.

with

activities as (

    select * from {{ ref('stg_account_engagement__visitor_activities') }}
    where activity_type_id in (1, 6, 11, 12, 13, 14) and coalesce(email_id, list_email_id) is not null

)

select
    'account_engagement' as source,
    activity_id as event_id,
    prospect_id as source_person_id,
    case activity_type_id
        when 1 then 'CLICK'
        when 6 then 'SENT'
        when 11 then 'OPEN'
        when 12 then 'UNSUBSCRIBE'
        when 13 then 'BOUNCE'
        when 14 then 'SPAMREPORT'
    end as event_type,
    coalesce(list_email_id, email_id) as email_campaign_id,
    details as email_campaign,
    occurred_at
from activities
