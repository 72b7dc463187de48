{{ config(enabled='salesforce' in var('sources'), materialized='table') }}

with

source as (

    {{ current_salesforce_rows('campaigns') }}

),

renamed as (

    select
        ---------- ids
        coalesce(valid_id, id) as campaign_id,
        {{ salesforce_key('parent_id') }} as parent_campaign_id,

        ---------- text
        {{ no_placeholder('name') }} as campaign_name,
        {{ no_placeholder('type') }} as campaign_type,
        {{ no_placeholder('status') }} as campaign_status,

        ---------- numbers
        {{ parse_amount('budgeted_cost') }} as budgeted_cost_amount,
        {{ parse_amount('actual_cost') }} as actual_cost_amount,

        ---------- booleans
        coalesce({{ parse_boolean('is_deleted') }}, false) as is_deleted,
        {{ parse_boolean('is_active') }} as is_active,

        ---------- dates and times
        {{ source_date('salesforce', 'start_date') }} as first_date,
        {{ source_date('salesforce', 'end_date') }} as last_date,
        {{ source_timestamp('salesforce', 'created_date') }} as created_at,

        ---------- text of casts, to show a failed one
        id,
        valid_id,
        budgeted_cost,
        actual_cost,
        start_date,
        end_date,
        created_date,

        ---------- origin
        _file_name,
        _row_number
    from source

)

select * from renamed
