-- One row per source record of an account (company) that existed on the as-of date, with the id that its
-- source now knows it under, and its name and domain as keys.

with

accounts as (

    {{ union_inputs('accounts', {
        'source': 'varchar', 'source_account_id': 'varchar', 'company_name': 'varchar',
        'domain': 'varchar', 'industry': 'varchar', 'region': 'varchar', 'employee_count': 'integer',
        'created_at': 'timestamp'
    }) }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}
    where entity_type = 'account'

)

select
    accounts.source,
    accounts.source_account_id,
    accounts.industry,
    accounts.region,
    accounts.employee_count,
    accounts.created_at,
    coalesce(ids.surviving_source_id, accounts.source_account_id) as surviving_source_account_id,
    {{ normalise_company('accounts.company_name') }} as company,
    {{ normalise_domain('accounts.domain', public_mail=false) }} as domain
from accounts
left join ids on accounts.source = ids.source and accounts.source_account_id = ids.source_id
where accounts.created_at is null or accounts.created_at < {{ as_of_end_utc() }}
