{{ config(materialized='view') }}

-- One row per opportunity, attribution model and touch that has credit, as a share of the opportunity. The
-- data-driven model gives each touch the removal effect of its channel; where no channel on the path has
-- any, all touches the same.

with

effects as (

    select * from {{ ref('int_channel_effects_solved') }}

),

touches as (

    select * from {{ ref('int_opportunity_touches_matched') }}
    where is_creditable

),

placed as (

    select
        touches.*,
        -- Decimals add up to the same in any order.
        cast(coalesce(effects.removal_effect, 0) as decimal(18, 12)) as effect,
        row_number() over (partition by touches.opportunity_id order by touches.touched_at, touches.touch_id) as position,
        count(*) over (partition by touches.opportunity_id) as touch_count
    from touches
    left join effects on touches.channel = effects.channel

),

measured as (

    select
        *,
        sum(effect) over (partition by opportunity_id) as total_effect,
        coalesce(
            max(case when channel != 'direct' then position end) over (partition by opportunity_id), touch_count
        ) as last_non_direct_position
    from placed

),

weighted as (

    {% for attribution_model, weight in attribution_weights().items() %}
        select
            opportunity_id,
            '{{ attribution_model }}' as attribution_model,
            touch_id,
            position,
            touch_count,
            cast({{ weight }} as double) as weight
        from measured
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from weighted
where weight > 0
