{{ config(enabled='google_ads' in var('sources')) }}

with

source as (

    {{ current_rows('google_ads', 'campaign_costs') }}

),

renamed as (

    select
        ---------- ids
        campaign_id,

        ---------- text
        campaign,
        currency_code as currency,

        ---------- numbers; `--` means no value
        {{ parse_amount("nullif(trim(cost), '--')") }} as cost_amount,
        try_cast(replace(nullif(trim(impressions), '--'), ',', '') as bigint) as impression_count,
        try_cast(replace(nullif(trim(clicks), '--'), ',', '') as bigint) as click_count,

        ---------- dates
        {{ parse_date('day') }} as cost_date,

        ---------- text of casts, to show a failed one
        nullif(trim(cost), '--') as cost,
        day,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
