-- One row per stage and minute in which so many entered it under a contract that it was an import, and such a
-- minute of the last build that is none any more.

with

crowded as (

    select
        stage,
        date_trunc('minute', entered_at) as entered_minute
    from {{ ref('int_stage_entries_followed') }}
    where not is_date_only and not is_inferred
    group by stage, date_trunc('minute', entered_at), contract
    having count(*) >= {{ var('bulk_entries_per_minute') }}

),

minutes as (

    select distinct stage || '|' || cast(entered_minute as varchar) as stage_minute
    from crowded

),

compared as (

    {{ compared_with_last_build('minutes', 'stage_minute', 'true') }}

)

select
    compared.*,
    split_part(compared.stage_minute, '|', 1) as stage,
    cast(split_part(compared.stage_minute, '|', 2) as timestamp) as entered_minute
from compared
