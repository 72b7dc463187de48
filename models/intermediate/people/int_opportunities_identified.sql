-- One row per opportunity with the person and account it belongs to and its mapped stage. A stage
-- that no mapping knows has no kind: the opportunity is neither open nor closed, and flagged. One that
-- is closed on a later day was still open as of the as-of date; one mapped to `ignore` is left out.

with

opportunities as (

    select * from {{ ref('int_opportunities_unioned') }}

),

people as (

    select * from {{ ref('int_people_identified') }}

),

accounts as (

    select * from {{ ref('int_accounts_identified') }}

),

stage_mapping as (

    select mapped.*
    from {{ ref('int_stage_values_mapped') }} as mapped
    where mapped.contract in (select agreed.contract from {{ ref('int_stages_agreed') }} as agreed)

),

stages as (

    select * from {{ ref('int_stages_agreed') }}

)

select
    {{ pseudonymise("opportunities.source || ':opportunity:' || opportunities.source_opportunity_id") }} as opportunity_id,
    opportunities.source,
    opportunities.source_opportunity_id,
    coalesce(people.person_id, colleagues.person_id) as person_id,
    case
        when people.person_id is not null then coalesce(opportunities.person_rule, 'association')
        when colleagues.person_id is not null then 'account'
    end as person_rule,
    {{ account_of('opportunities', 'accounts') }} as account_id,
    coalesce(people.channel, colleagues.channel, 'other') as channel,
    stage_mapping.stage,
    case
        when stages.kind != 'open' and {{ to_local_date('opportunities.close_at') }} > {{ as_of() }} then 'open'
        else stages.kind
    end as stage_kind,
    {{ pseudonymise("opportunities.source || ':owner:' || opportunities.source_owner_id") }} as owner_id,
    opportunities.campaign,
    opportunities.amount,
    opportunities.currency,
    opportunities.created_at,
    opportunities.close_at
from opportunities
left join people
    on
        opportunities.source = people.source
        and opportunities.source_person_id = people.source_person_id
left join {{ ref('int_opportunities_by_account') }} as colleagues
    on
        people.person_id is null
        and opportunities.source = colleagues.source
        and opportunities.source_opportunity_id = colleagues.source_opportunity_id
left join accounts
    on
        opportunities.source = accounts.source
        and opportunities.source_account_id = accounts.source_account_id
left join stage_mapping
    on
        opportunities.source = stage_mapping.source
        and opportunities.source_field = stage_mapping.source_field
        and lower(opportunities.source_value) = stage_mapping.source_value
left join stages on stage_mapping.stage = stages.stage
where stage_mapping.stage is distinct from 'ignore'
