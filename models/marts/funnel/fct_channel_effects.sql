with

steps as (

    select * from {{ ref('int_channel_paths_listed') }}

),

effects as (

    select * from {{ ref('int_channel_effects_solved') }}

),

counted as (

    select
        channel,
        count(distinct path_id) as n,
        count(distinct case when is_converted then path_id end) as n_converted
    from steps
    group by channel

)

select
    effects.channel,
    counted.n,
    counted.n_converted,
    effects.conversion_probability,
    effects.probability_without,
    effects.removal_effect,
    effects.effect_share,
    case when counted.n_converted < {{ var('minimum_denominator') }} then 'insufficient' else 'provisional' end as status,
    {{ as_of() }} as as_of
from effects
inner join counted on effects.channel = counted.channel
