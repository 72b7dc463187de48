-- The stages of the contract in force: the newest one by its date of effect. Before the first one took
-- effect, that one speaks of the time before it.

with

contracts as (

    select * from {{ ref('stage_contracts') }}

),

in_force as (

    select contract
    from contracts
    order by effective_from > {{ as_of() }}, abs(date_diff('day', effective_from, {{ as_of() }}))
    limit 1

)

select stages.*
from {{ ref('stages') }} as stages
inner join in_force on stages.contract = in_force.contract
