{{ config(enabled='google_ads' in var('sources')) }}

with

source as (

    {{ current_rows('google_ads', 'campaign_costs') }}

),

renamed as (

    select
        ---------- ids
        {{ campaign_key('campaign_id', ad_account('account_id', 'google_ads'), 'campaign') }} as campaign_id,
        {{ ad_account('account_id', 'google_ads') }} as account_id,

        ---------- text
        {{ no_placeholder('campaign') }} as campaign,
        {{ no_placeholder('campaign_type') }} as campaign_type,
        {{ no_placeholder('ad_group') }} as ad_group,
        coalesce(upper({{ no_placeholder('currency_code') }}), '{{ var("currency") }}') as currency,

        ---------- numbers; `--` means no value
        {{ parse_amount('cost') }} as cost_amount,
        {{ parse_integer('impressions') }} as impression_count,
        {{ parse_integer('clicks') }} as click_count,
        coalesce({{ parse_number('conversions') }}, {{ parse_number('conversions_current_model') }}) as conversion_count,
        {{ parse_amount('conversion_value') }} as conversion_value,

        ---------- dates
        {{ source_date('google_ads', 'day') }} as cost_date,

        ---------- text of casts, to show a failed one
        {{ no_placeholder('cost') }} as cost,
        {{ no_placeholder('impressions') }} as impressions,
        {{ no_placeholder('clicks') }} as clicks,
        day,

        ---------- origin
        _file_name,
        _row_number,
        _load_seq
    from source

),

newest as (

    {{ newest_report('renamed', ['account_id', 'cost_date'], ['day']) }}

)

select * from newest
