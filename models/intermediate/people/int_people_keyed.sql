-- One row per record of a person and key that it shares with others: the id that its source now knows it
-- under, the user id of the web site, the e-mail address unless several people read it.

with

people as (

    select * from {{ ref('int_people_unioned') }}

),

keyed as (

    select
        position,
        'merged_id' as rule,
        source || ':' || surviving_source_person_id as link_key
    from people
    union all
    select
        position,
        'user_id' as rule,
        web_user_id as link_key
    from people
    where web_user_id is not null
    union all
    select
        position,
        'email' as rule,
        email as link_key
    from people
    where email is not null and not is_role_mailbox

)

select * from keyed
qualify count(*) over (partition by rule, link_key) > 1
