with

people as (

    select * from {{ ref('int_people_identified') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

merged as (

    -- The record created first decides: it is the source that won the person.
    select
        person_id,
        arg_min(source, (coalesce(created_at, timestamp '9999-01-01'), source, source_person_id)) as first_source,
        arg_min(channel, (coalesce(created_at, timestamp '9999-01-01'), source, source_person_id)) as channel,
        arg_min(account_id, (coalesce(created_at, timestamp '9999-01-01'), source, source_person_id))
        filter (where account_id is not null) as account_id,
        arg_min(owner_id, (coalesce(created_at, timestamp '9999-01-01'), source, source_person_id))
        filter (where owner_id is not null) as owner_id,
        min(created_at) as created_at,
        count(*) as record_count,
        arg_max(
            identity_rule, list_position(['alone', 'first', 'override', 'merged_id', 'crm_id', 'user_id', 'email', 'match'], identity_rule)
        ) as identity_rule
    from people
    group by person_id

)

select
    merged.person_id,
    merged.account_id,
    merged.first_source,
    merged.channel,
    accounts.segment,
    merged.created_at,
    merged.record_count,
    merged.identity_rule,
    accounts.region,
    merged.owner_id
from merged
left join accounts on merged.account_id = accounts.account_id
