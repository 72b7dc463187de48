{{ config(enabled='salesforce' in var('sources')) }}

-- Evidence of the stages of Salesforce opportunities: creation, stage by both histories, and the stage
-- of today. A closed stage that no history dates was entered on the close date; others have no time.

with

opportunities as (

    select * from {{ ref('stg_salesforce__opportunities') }}

),

histories as (

    select
        opportunity_id,
        opportunity_stage,
        entered_at,
        is_date_only
    from {{ ref('int_opportunity_stages_collapsed') }}
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

    select stage_mapping.source_value
    from {{ ref('stage_mapping') }} as stage_mapping
    inner join {{ ref('stages') }} as stages on stage_mapping.stage = stages.stage
    where
        stage_mapping.source = 'salesforce'
        and stage_mapping.source_field = 'opportunity_stage'
        and stages.kind != 'open'

),

current_stages as (

    select
        opportunities.opportunity_id,
        opportunities.opportunity_stage,
        case
            when closed_stages.source_value is not null and count(histories.opportunity_id) = 0
                then {{ to_utc('cast(opportunities.closing_date as timestamp)') }}
        end as entered_at
    from opportunities
    left join closed_stages on opportunities.opportunity_stage = closed_stages.source_value
    left join histories
        on
            opportunities.opportunity_id = histories.opportunity_id
            and opportunities.opportunity_stage = histories.opportunity_stage
    where opportunities.opportunity_stage is not null
    group by opportunities.opportunity_id, opportunities.opportunity_stage, opportunities.closing_date, closed_stages.source_value

)

select
    opportunity_id,
    'record_date' as source_field,
    'opportunity_created' as source_value,
    created_at as entered_at,
    false as is_date_only
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
    entered_at is not null as is_date_only
from current_stages
