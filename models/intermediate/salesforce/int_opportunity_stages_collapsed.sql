{{ config(enabled='salesforce' in var('sources')) }}

-- One row per time at which an opportunity entered a stage, by OpportunityHistory. A row of it is
-- written for any change of stage, amount, probability or close date, so rows that repeat the stage
-- before them are left out. The report also names the stage before its first change.

with

changes as (

    select * from {{ ref('stg_salesforce__opportunity_changes') }}
    where not is_deleted and changed_at is not null and stage_after is not null

),

first_changes as (

    select *
    from changes
    qualify row_number() over (
        partition by opportunity_id
        order by changed_at, opportunity_change_id, _file_name, _row_number
    ) = 1

),

known as (

    select
        opportunity_id,
        stage_after as opportunity_stage,
        changed_at as entered_at,
        is_date_only,
        opportunity_change_id as place_in_history,
        _file_name,
        _row_number
    from changes
    union all
    select
        opportunity_id,
        stage_before as opportunity_stage,
        opportunity_created_at as entered_at,
        {{ source_date_only('salesforce', 'opportunity_created_date', 'opportunity_created_at') }} as is_date_only,
        null as place_in_history,
        _file_name,
        0 as _row_number
    from first_changes
    where stage_before != stage_after and opportunity_created_at <= changed_at

)

select
    opportunity_id,
    opportunity_stage,
    entered_at,
    is_date_only
from known
qualify opportunity_stage is distinct from lag(opportunity_stage) over (
    partition by opportunity_id
    order by entered_at, place_in_history nulls first, _file_name, _row_number
)
