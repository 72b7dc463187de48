{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_history(
        'opportunity_history',
        ['opportunity_id', 'created_date', 'from_stage', 'stage_name', 'amount', 'probability', 'close_date']
    ) }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as opportunity_change_id,
        {{ salesforce_key('opportunity_id') }} as opportunity_id,

        ---------- text
        {{ no_placeholder('from_stage') }} as stage_before,
        {{ no_placeholder('stage_name') }} as stage_after,

        ---------- numbers
        {{ parse_amount('amount') }} as opportunity_amount,
        {{ parse_number('probability') }} as probability_percent,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,

        ---------- dates and times
        {{ source_date('salesforce', 'close_date') }} as closing_date,
        {{ source_timestamp('salesforce', 'created_date') }} as changed_at,
        {{ source_date_only('salesforce', 'created_date', 'changed_at') }} as is_date_only,
        {{ source_timestamp('salesforce', 'opportunity_created_date') }} as opportunity_created_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        amount,
        probability,
        close_date,
        created_date,
        opportunity_created_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
