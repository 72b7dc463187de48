{{ config(enabled='linkedin_ads' in var('sources')) }}

with

source as (

    {{ current_rows('linkedin_ads', 'campaign_costs') }}

),

renamed as (

    select
        ---------- ids
        {{ campaign_key('campaign_id', ad_account('account', 'linkedin_ads'), 'campaign') }} as campaign_id,
        {{ ad_account('account', 'linkedin_ads') }} as account,

        ---------- text
        {{ no_placeholder('campaign') }} as campaign,
        {{ no_placeholder('campaign_group') }} as campaign_group,
        coalesce(upper({{ no_placeholder('currency') }}), '{{ var("currency") }}') as currency,

        ---------- numbers
        {{ parse_amount('total_spent') }} as cost_amount,
        {{ parse_integer('impressions') }} as impression_count,
        {{ parse_integer('clicks') }} as click_count,

        ---------- dates, of UTC; the cost of several days is on none of them
        case
            when coalesce(end_date, start_date) = start_date then {{ source_date('linkedin_ads', 'start_date') }}
        end as cost_date,

        ---------- text of casts, to show a failed one
        {{ no_placeholder('total_spent') }} as total_spent,
        {{ no_placeholder('impressions') }} as impressions,
        {{ no_placeholder('clicks') }} as clicks,
        case
            when coalesce(end_date, start_date) = start_date then start_date
            else start_date || ' - ' || end_date
        end as start_date,

        ---------- origin
        _file_name,
        _row_number,
        _load_seq
    from source

),

newest as (

    {{ newest_report('renamed', ['account', 'cost_date'], ['start_date']) }}

)

select * from newest
