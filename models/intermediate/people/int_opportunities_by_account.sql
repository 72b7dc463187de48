-- The person for whom an opportunity stands that its source links to nobody: of the same account, the one who
-- became known last before it, at most so many days before as the variable `account_window_days` says.

with

opportunities as (

    select
        opportunities.source,
        opportunities.source_opportunity_id,
        opportunities.created_at,
        {{ account_of('opportunities', 'accounts') }} as account_id
    from {{ ref('int_opportunities_unioned') }} as opportunities
    left join {{ ref('int_accounts_identified') }} as accounts
        on
            opportunities.source = accounts.source
            and opportunities.source_account_id = accounts.source_account_id

),

people as (

    select
        account_id,
        created_at,
        max_by(person_id, (channel is not null, person_id)) as person_id,
        max_by(channel, (channel is not null, person_id)) as channel
    from {{ ref('int_people_identified') }}
    where account_id is not null and created_at is not null
    group by account_id, created_at

)

select
    opportunities.source,
    opportunities.source_opportunity_id,
    people.person_id,
    people.channel
from opportunities
asof inner join people
    on
        opportunities.account_id = people.account_id
        and opportunities.created_at >= people.created_at
where people.created_at >= opportunities.created_at - to_days({{ var('account_window_days') }})
