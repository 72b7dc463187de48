{{ config(enabled='hubspot' in var('sources')) }}

-- When deals came into stages, by the columns Date entered "<stage>" and by property history, and the
-- current stage, which has no time.

with

gathered as (

    select
        deal_id,
        deal_stage,
        entered_at
    from {{ ref('int_deal_stage_dates_unpivoted') }}
    where entered_at is not null
    union all
    select
        deal_id,
        property_value as deal_stage,
        property_changed_at as entered_at
    from {{ ref('stg_hubspot__deal_property_changes') }}
    where property_name = 'dealstage' and property_changed_at is not null
    union all
    select
        deal_id,
        deal_stage,
        null as entered_at
    from {{ ref('stg_hubspot__deals') }}

)

select * from gathered
where deal_stage is not null
