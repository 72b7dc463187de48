{{ config(enabled='marketo' in var('sources')) }}

-- People's first success in a Marketo program, in the shape of the input `campaign_responses`. Marketo's
-- extract says nothing of a program's channel; `seeds/channel_rules.csv` may tell it by the program's name.

with

successes as (

    select * from {{ ref('int_program_statuses_from_marketo') }}
    where is_success and occurred_at is not null

)

select
    source,
    event_id as response_id,
    source_person_id,
    program_id as campaign_id,
    program as campaign,
    new_status as campaign_type,
    'other' as channel,
    occurred_at as responded_at,
    false as is_date_only
from successes
qualify row_number() over (partition by program_id, source_person_id order by occurred_at, event_id) = 1
