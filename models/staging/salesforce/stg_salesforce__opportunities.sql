{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('opportunities') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as opportunity_id,
        {{ salesforce_key('account_id') }} as account_id,
        {{ salesforce_key('contact_id') }} as contact_id,
        {{ salesforce_key('campaign_id') }} as campaign_id,
        {{ salesforce_key('owner_id') }} as owner_id,

        ---------- text
        {{ no_placeholder('stage_name') }} as opportunity_stage,
        {{ no_placeholder('type') }} as opportunity_type,
        {{ no_placeholder('lead_source') }} as lead_source,
        {{ no_placeholder('forecast_category') }} as forecast_category,
        coalesce(upper({{ no_placeholder('currency_iso_code') }}), {{ amount_currency('amount') }}) as currency,

        ---------- numbers
        {{ parse_amount('amount') }} as opportunity_amount,
        {{ parse_number('probability') }} as probability_percent,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,
        {{ parse_boolean('is_closed') }} as is_closed,
        {{ parse_boolean('is_won') }} as is_won,

        ---------- dates and times
        {{ source_date('salesforce', 'close_date') }} as closing_date,
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,
        {{ source_timestamp('salesforce', 'last_modified_date') }} as last_modified_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        amount,
        probability,
        close_date,
        created_date,
        last_modified_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
