-- One row per pass of the marketing rule (entity and spell as an MQL) with the first answer of sales
-- before the next pass: entry into the stage that follows in the contract, or the end of the stay as
-- an MQL without it. A first pass that sales accepted before marketing dated it was answered as well.
-- Who skipped the stage was handed over by nobody.

with

entries as (

    select * from {{ ref('fct_stage_entries') }}

),

contract as (

    select
        stage,
        sla_days
    from {{ ref('dim_stages') }}
    where
        kind in ('open', 'won')
        and position > (
            select min(mql.position)
            from {{ ref('dim_stages') }} as mql
            where mql.stage = 'mql'
        )
    order by position
    limit 1

),

passes as (

    select
        *,
        lead(entered_date) over (partition by entity_id order by spell) as next_pass_date
    from entries
    where stage = 'mql' and not is_inferred

),

acceptances as (

    select
        entries.entity_id,
        entries.entered_date
    from entries
    inner join contract on entries.stage = contract.stage

),

accepted as (

    select
        passes.entity_id,
        passes.spell,
        min(acceptances.entered_date) as accepted_date
    from passes
    inner join acceptances
        on
            passes.entity_id = acceptances.entity_id
            and (passes.spell = 1 or passes.entered_date <= acceptances.entered_date)
            and (passes.next_pass_date is null or passes.next_pass_date > acceptances.entered_date)
    group by passes.entity_id, passes.spell

)

select
    passes.entity_id,
    passes.spell,
    passes.channel,
    passes.campaign,
    passes.entered_date as mql_date,
    (select contract.sla_days from contract) as sla_days,
    accepted.accepted_date,
    case
        when accepted.accepted_date is null and passes.exit_type in ('lost', 'recycled')
            then {{ to_local_date('passes.exited_at') }}
    end as rejected_date
from passes
left join accepted on passes.entity_id = accepted.entity_id and passes.spell = accepted.spell
