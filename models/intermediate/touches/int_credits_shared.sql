{{ config(materialized='view') }}

-- One row per opportunity, attribution model and touch that has credit; of an opportunity without a known
-- touch one row per model, without a touch. Credits are decimals, and the first takes what rounding leaves:
-- those of an opportunity are exactly one.

with

opportunities as (

    select opportunity_id from {{ ref('int_opportunities_identified') }}

),

weighted as (

    select * from {{ ref('int_credits_weighted') }}

),

attribution_models as (

    {% for attribution_model in attribution_weights() %}
        select '{{ attribution_model }}' as attribution_model
        {{ "union all" if not loop.last }}
    {% endfor %}

),

rounded as (

    select
        opportunities.opportunity_id,
        attribution_models.attribution_model,
        weighted.touch_id,
        coalesce(weighted.position, 1) as position,
        coalesce(weighted.touch_count, 0) as touch_count,
        cast(coalesce(weighted.weight, 1) as decimal(18, 12)) as credit,
        row_number() over (
            partition by opportunities.opportunity_id, attribution_models.attribution_model
            order by weighted.position
        ) = 1 as takes_rest
    from opportunities
    cross join attribution_models
    left join weighted
        on
            opportunities.opportunity_id = weighted.opportunity_id
            and attribution_models.attribution_model = weighted.attribution_model

)

select
    * replace (
        cast(
            credit
            + case when takes_rest then 1 - sum(credit) over (partition by opportunity_id, attribution_model) else 0 end
            as decimal(18, 12)
        ) as credit
    )
from rounded
