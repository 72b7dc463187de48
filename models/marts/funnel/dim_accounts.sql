with

accounts as (

    {{ union_inputs('accounts', {
        'source': 'varchar', 'source_account_id': 'varchar', 'industry': 'varchar',
        'employee_count': 'integer', 'created_at': 'timestamp'
    }) }}

)

select
    {{ pseudonymise("source || ':account:' || source_account_id") }} as account_id,
    source,
    industry,
    case
        when employee_count < 100 then 'small'
        when employee_count < 1000 then 'medium'
        when employee_count >= 1000 then 'large'
    end as segment,
    created_at
from accounts
where created_at is null or created_at < {{ as_of_end_utc() }}
