with

accounts as (

    select * from {{ ref('int_accounts_identified') }}

),

merged as (

    -- The record created first speaks, others where it is silent.
    select
        account_id,
        arg_min(source, (coalesce(created_at, timestamp '9999-01-01'), source, source_account_id)) as source,
        arg_min(industry, (coalesce(created_at, timestamp '9999-01-01'), source, source_account_id))
        filter (where industry is not null) as industry,
        arg_min(employee_count, (coalesce(created_at, timestamp '9999-01-01'), source, source_account_id))
        filter (where employee_count is not null) as employee_count,
        arg_min(region, (coalesce(created_at, timestamp '9999-01-01'), source, source_account_id))
        filter (where region is not null) as region,
        min(created_at) as created_at,
        count(*) as record_count
    from accounts
    group by account_id

)

select
    account_id,
    source,
    industry,
    case
        when employee_count < 100 then 'small'
        when employee_count < 1000 then 'medium'
        when employee_count >= 1000 then 'large'
    end as segment,
    created_at,
    record_count,
    region
from merged
