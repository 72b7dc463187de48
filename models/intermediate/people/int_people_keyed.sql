-- One row per record of a person and key that it shares with others: the id that its source now knows it
-- under, the record of another source that it names or is named as, the user id of the web site, the
-- e-mail address unless several people read it.

with

people as (

    select * from {{ ref('int_people_unioned') }}

),

links as (

    select * from {{ ref('int_person_links_resolved') }}

),

-- A record that others name has its own id as the key.
crm_records as (

    select
        people.position,
        links.linked_source || ':' || links.linked_person_id as link_key
    from links
    inner join people
        on links.source = people.source and links.source_person_id = people.surviving_source_person_id
    union
    select
        people.position,
        links.linked_source || ':' || links.linked_person_id as link_key
    from links
    inner join people
        on links.linked_source = people.source and links.linked_person_id = people.surviving_source_person_id

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
        'crm_id' as rule,
        link_key
    from crm_records
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
