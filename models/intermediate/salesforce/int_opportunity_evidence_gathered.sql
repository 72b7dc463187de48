{{ config(enabled='salesforce' in var('sources')) }}

-- Evidence of the stages of Salesforce opportunities: creation, stage by both histories, and the stage
-- of today. A closed stage that no history dates was entered on the close date; others have no time.

with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}

),

histories as (

    select * from {{ ref('int_opportunity_stages_collapsed') }}
    union all
    select
        entity_id as opportunity_id,
        tracked_value as opportunity_stage,
        changed_at as entered_at,
        is_date_only
    from {{ ref('int_tracked_values_dated') }}
    where entity_type = 'opportunity'

),

closed_stages as (

    {{ stage_ends('salesforce', 'opportunity_stage') }}

),

-- By meaning: a history may be in another language than the export of today.
dated_ends as (

    select distinct
        histories.opportunity_id,
        closed_stages.stage
    from histories
    inner join closed_stages on lower(histories.opportunity_stage) = closed_stages.source_value

),

current_stages as (

    select
        opportunities.opportunity_id,
        opportunities.opportunity_stage,
        case
            when closed_stages.stage is not null and dated_ends.stage is null
                then {{ to_utc('cast(opportunities.closing_date as timestamp)') }}
        end as entered_at,
        entered_at is not null as is_date_only
    from opportunities
    left join closed_stages on lower(opportunities.opportunity_stage) = closed_stages.source_value
    left join dated_ends
        on opportunities.opportunity_id = dated_ends.opportunity_id and closed_stages.stage = dated_ends.stage
    where opportunities.opportunity_stage is not null

)

select
    opportunity_id,
    'record_date' as source_field,
    'opportunity_created' as source_value,
    created_at as entered_at,
    {{ source_date_only('salesforce', 'created_date', 'created_at') }} as is_date_only
from opportunities
where created_at is not null
union all
select
    opportunity_id,
    'opportunity_stage' as source_field,
    opportunity_stage as source_value,
    entered_at,
    is_date_only
from histories
union all
select
    opportunity_id,
    'opportunity_stage' as source_field,
    opportunity_stage as source_value,
    entered_at,
    is_date_only
from current_stages
