-- One row per source record of an account (company), with the account it belongs to. Records are one
-- account when the source merged them, or share the domain; one without a domain joins those of the
-- same name where the name is one company's: it has one domain at most, and no source has it twice
-- without a domain. The record created first names the account.

with

accounts as (

    select * from {{ ref('int_accounts_unioned') }}

),

-- Merged records speak with one voice: that of the record that survived, else of the first.
voiced as (

    select
        *,
        first_value(domain ignore nulls) over merged as merged_domain,
        first_value(company ignore nulls) over merged as merged_company
    from accounts
    window merged as (
        partition by source, surviving_source_account_id
        order by source_account_id != surviving_source_account_id, created_at, source_account_id
        rows between unbounded preceding and unbounded following
    )

),

names as (

    select
        merged_company,
        min(merged_domain) as domain
    from voiced
    where merged_company is not null
    group by merged_company
    having
        count(distinct merged_domain) <= 1
        and count(distinct source || ':' || surviving_source_account_id) filter (where merged_domain is null)
        = count(distinct source) filter (where merged_domain is null)

),

keyed as (

    select
        voiced.*,
        case
            when coalesce(voiced.merged_domain, names.domain) is not null
                then 'domain:' || coalesce(voiced.merged_domain, names.domain)
            when names.merged_company is not null then 'name:' || names.merged_company
            else 'id:' || voiced.source || ':' || voiced.surviving_source_account_id
        end as account_key
    from voiced
    left join names on voiced.merged_domain is null and voiced.merged_company = names.merged_company

)

select
    source,
    source_account_id,
    {{ pseudonymise("first_value(source || ':account:' || surviving_source_account_id) over first_created") }} as account_id,
    merged_domain as domain,
    industry,
    region,
    employee_count,
    created_at
from keyed
window first_created as (partition by account_key order by created_at, source, source_account_id)
