with

costs as (

    {{ union_inputs('costs', {
        'source': 'varchar', 'channel': 'varchar', 'campaign_id': 'varchar', 'campaign': 'varchar',
        'currency': 'varchar', 'cost_date': 'date', 'cost_amount': 'decimal(18, 2)',
        'impression_count': 'bigint', 'click_count': 'bigint'
    }) }}

)

select
    source || ':' || campaign_id || ':' || cost_date
    || case when currency = '{{ var("currency") }}' then '' else ':' || currency end as cost_id,
    source,
    channel,
    campaign_id,
    campaign,
    currency,
    cost_date,
    cost_amount,
    impression_count,
    click_count
from costs
where cost_date <= {{ as_of() }}
