-- Stage evidence: the first contact makes an MQL, a closed deal is a won one.

with

mqls as (

    select * from {{ ref('stg_olist__mqls') }}

),

closed_deals as (

    select * from {{ ref('stg_olist__closed_deals') }}

),

evidence as (

    select
        'person' as entity_type,
        mql_id as source_entity_id,
        'mql' as source_field,
        'first contact' as source_value,
        first_contact_at as entered_at,
        true as is_date_only
    from mqls
    union all
    select
        'opportunity' as entity_type,
        mql_id as source_entity_id,
        'deal' as source_field,
        'closed' as source_value,
        won_at as entered_at,
        false as is_date_only
    from closed_deals

)

select
    'olist' as source,
    *
from evidence
