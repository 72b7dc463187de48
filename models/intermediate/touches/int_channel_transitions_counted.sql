-- One row per pair of states that follow each other on paths of channels, with how often. Every path begins
-- in `(start)` and ends in `(conversion)` or `(null)`.

with

steps as (

    select * from {{ ref('int_channel_paths_listed') }}

),

transitions as (

    select
        coalesce(previous_channel, '(start)') as from_state,
        channel as to_state
    from steps
    union all
    select
        channel as from_state,
        case when is_converted then '(conversion)' else '(null)' end as to_state
    from steps
    where next_channel is null

)

select
    from_state,
    to_state,
    count(*) as transition_count
from transitions
group by from_state, to_state
