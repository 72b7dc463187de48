{{ config(enabled='hubspot' in var('sources')) }}

-- When deals came into stages, by the columns Date entered "<stage>" and by property history, after its
-- last entry by the differences between snapshots; and the current stage. One that ends the deal and that
-- neither dates was entered at the close date; others have no time.

with

deals as (

    select * from {{ ref('stg_hubspot__deals') }}

),

known as (

    select
        deal_id,
        deal_stage,
        entered_at,
        {{ source_date_only('hubspot', 'entered_date', 'entered_at') }} as is_date_only
    from {{ ref('int_deal_stage_dates_unpivoted') }}
    where entered_at is not null
    union all
    select
        deal_id,
        property_value as deal_stage,
        property_changed_at as entered_at,
        {{ source_date_only('hubspot', 'changed_at', 'property_changed_at') }} as is_date_only
    from {{ ref('stg_hubspot__deal_property_changes') }}
    where property_name = 'dealstage' and property_value is not null and property_changed_at is not null

),

ends as (

    {{ stage_ends('hubspot', 'deal_stage') }}

),

dated as (

    select * from known
    union all
    {{ stages_observed_after('deals', 'known', 'deal_id', 'deal_stage') }}
    -- The close date dates the end that a deal has now.
    anti join deals
        on
            observed.record_id = deals.deal_id
            and observed.source_value = deals.deal_stage
            and lower(deals.deal_stage) in (select ends.source_value from ends)

),

-- By meaning: columns may be labelled where the stage is an internal value.
dated_ends as (

    select distinct
        dated.deal_id,
        ends.stage
    from dated
    inner join ends on lower(dated.deal_stage) = ends.source_value

)

select * from dated
union all
select
    deals.deal_id,
    deals.deal_stage,
    case when ends.stage is not null and dated_ends.stage is null then deals.close_at end as entered_at,
    coalesce(
        entered_at is not null and {{ source_date_only('hubspot', 'deals.close_date', 'deals.close_at') }}, false
    ) as is_date_only
from deals
left join ends on lower(deals.deal_stage) = ends.source_value
left join dated_ends on deals.deal_id = dated_ends.deal_id and ends.stage = dated_ends.stage
where deals.deal_stage is not null
