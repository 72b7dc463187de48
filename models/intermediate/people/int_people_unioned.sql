-- One row per source record of a person that existed on the as-of date. `position` numbers them from
-- the one created first. `surviving_source_person_id` is the id that the source now knows it under, and
-- `source_account_id` the one that it now knows the company under.

with

people as (

    {{ union_inputs('people', {
        'source': 'varchar', 'source_person_id': 'varchar', 'email': 'varchar',
        'web_client_id': 'varchar', 'web_user_id': 'varchar', 'source_account_id': 'varchar',
        'given_name': 'varchar', 'family_name': 'varchar', 'full_name': 'varchar',
        'company_name': 'varchar', 'phone': 'varchar', 'channel': 'varchar', 'created_at': 'timestamp',
        'source_owner_id': 'varchar', 'rejection_reason': 'varchar'
    }) }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}

)

select
    people.* exclude (source_account_id),
    coalesce(account_ids.surviving_source_id, people.source_account_id) as source_account_id,
    {{ pseudonymise("people.source || ':' || people.source_person_id") }} as record_id,
    row_number() over (order by people.created_at, people.source, people.source_person_id) as position,
    coalesce(person_ids.surviving_source_id, people.source_person_id) as surviving_source_person_id,
    {{ is_role_mailbox('people.email') }} as is_role_mailbox,
    case
        when split_part(people.email, '@', 2) not in ({{ public_mail_domains() }})
            then split_part(people.email, '@', 2)
    end as company_domain
from people
left join ids as person_ids
    on
        person_ids.entity_type = 'person'
        and people.source = person_ids.source
        and people.source_person_id = person_ids.source_id
left join ids as account_ids
    on
        account_ids.entity_type = 'account'
        and people.source = account_ids.source
        and people.source_account_id = account_ids.source_id
where people.created_at is null or people.created_at < {{ as_of_end_utc() }}
