{{ config(enabled='meta_ads' in var('sources')) }}

-- The row of an account's total has no campaign: it would count everything twice.

with

source as (

    {{ current_rows('meta_ads', 'campaign_costs') }}

),

campaign_rows as (

    select * from source
    where {{ no_placeholder('campaign') }} is not null or {{ no_placeholder('campaign_id') }} is not null

),

renamed as (

    select
        ---------- ids
        {{ campaign_key('campaign_id', ad_account('account_id', 'meta_ads'), 'campaign') }} as campaign_id,
        {{ ad_account('account_id', 'meta_ads') }} as account_id,

        ---------- text
        {{ no_placeholder('campaign') }} as campaign,
        {{ no_placeholder('ad_set') }} as ad_set,
        {{ no_placeholder('ad') }} as ad,
        coalesce(upper({{ no_placeholder('currency') }}), '{{ var("currency") }}') as currency,

        ---------- numbers; clicks are those on links, or of all kinds where the report has no others
        {{ parse_amount('amount_spent') }} as cost_amount,
        {{ parse_integer('impressions') }} as impression_count,
        coalesce({{ parse_integer('link_clicks') }}, {{ parse_integer('clicks') }}) as click_count,
        {{ parse_number('results') }} as result_count,

        ---------- dates
        {{ source_date('meta_ads', 'day') }} as cost_date,

        ---------- text of casts, to show a failed one
        {{ no_placeholder('amount_spent') }} as amount_spent,
        {{ no_placeholder('impressions') }} as impressions,
        day,

        ---------- origin
        _file_name,
        _row_number,
        _load_seq
    from campaign_rows

),

newest as (

    {{ newest_report('renamed', ['account_id', 'cost_date'], ['day']) }}

)

select * from newest
