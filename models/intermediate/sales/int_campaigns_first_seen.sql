{{ config(
    materialized='incremental', incremental_strategy='replace_changed', on_schema_change='fail',
    unique_key='entity_id', changes='int_visitors_changed'
) }}

-- One row per person, or web visitor who is not known, with the first campaign that brought a session of
-- theirs. Google's placeholders, such as (organic), name no campaign.

with

sessions as (

    select * from {{ ref('int_sessions_built') }}
    where
        campaign is not null and not starts_with(campaign, '(')
        and {{ only_changed('int_visitors_changed', 'coalesce(person_id, visitor_id)', 'entity_id') }}

)

select
    coalesce(person_id, visitor_id) as entity_id,
    arg_min(campaign, (started_at, session_id)) as campaign
from sessions
group by coalesce(person_id, visitor_id)
