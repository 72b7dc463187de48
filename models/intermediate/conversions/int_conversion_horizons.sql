-- The horizon of each stage pair: as the seed states it, or learned from the lags of conversions that
-- were known when the fiscal year began. It is learned once a year, so that a trend within the year is
-- a trend of the conversion and not of its definition.

with

stage_pairs as (

    select * from {{ ref('stage_pairs') }}

),

known as (

    select * from {{ ref('int_stage_pairs_followed') }}
    where
        event_kind = 'converted'
        and entry_delay_days = 0
        and converted_date < {{ fiscal_period_start(as_of(), 12) }}

),

learned as (

    select
        stage_pair,
        count(*) as n_converters,
        greatest(1, cast(ceil(quantile_cont(event_days, 0.9)) as integer)) as horizon_days
    from known
    group by stage_pair

),

based as (

    select
        stage_pairs.*,
        learned.horizon_days as learned_days,
        coalesce(learned.n_converters, 0) as n_converters,
        case
            when stage_pairs.horizon_days is not null then 'stated'
            when learned.n_converters >= {{ var('minimum_horizon_converters', 30) }} then 'learned'
            else 'default'
        end as horizon_basis
    from stage_pairs
    left join learned on stage_pairs.stage_pair = learned.stage_pair

)

select
    stage_pair,
    from_stage,
    to_stage,
    case horizon_basis
        when 'stated' then horizon_days
        when 'learned' then learned_days
        else {{ var('default_horizon_days', 90) }}
    end as horizon_days,
    horizon_basis,
    case when horizon_basis = 'learned' then {{ fiscal_period_start(as_of(), 12) }} end as horizon_learned_on,
    n_converters as horizon_converters
from based
