-- Cells whose text is no date.

with

failures as (

    {{ cast_failures('olist', 'mqls', ref('stg_olist__mqls'), {'first_contact_date': 'first_contact_at'}) }}
    union all
    {{ cast_failures('olist', 'closed_deals', ref('stg_olist__closed_deals'), {'won_date': 'won_at'}) }}

)

select * from failures
