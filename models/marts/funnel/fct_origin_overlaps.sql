{%- set definitions = [
    'sourced_by_lead_source', 'sourced_by_first_touch', 'sourced_by_touch_before_creation',
    'influenced_before_creation', 'influenced_before_close', 'unattributed'
] %}

with

origins as (

    select * from {{ ref('fct_opportunity_origins') }}

),

claims as (

    {% for definition in definitions %}
        select
            opportunity_id,
            '{{ definition }}' as definition,
            is_{{ definition }} as is_met,
            date_trunc('month', created_date) as created_month,
            case when is_won then amount else 0 end as won_amount,
            is_closed
        from origins
        {{ "union all" if not loop.last }}
    {% endfor %}

),

compared as (

    select
        cast(claims.created_month as date) as created_month,
        claims.definition,
        others.definition as other_definition,
        count(*) as n,
        count(*) filter (where claims.is_closed) as n_closed,
        count(*) filter (where claims.is_met) as n_definition,
        count(*) filter (where others.is_met) as n_other,
        count(*) filter (where claims.is_met and others.is_met) as n_both,
        sum(case when claims.is_met and others.is_met then claims.won_amount else 0 end) as won_amount_both
    from claims
    inner join claims as others on claims.opportunity_id = others.opportunity_id
    group by claims.created_month, claims.definition, others.definition

)

select
    cast(created_month as varchar) || ':' || definition || ':' || other_definition as overlap_id,
    created_month,
    definition,
    other_definition,
    n,
    n_definition,
    n_other,
    n_both,
    cast(n_both as double) / nullif(n_definition, 0) as share_of_definition,
    cast(won_amount_both as decimal(18, 2)) as won_amount_both,
    cast(n_closed as double) / n as maturity,
    case
        when n_definition < {{ var('minimum_denominator') }} then 'insufficient'
        when n_closed < n or created_month + interval 1 month > {{ as_of() }} + interval 1 day then 'provisional'
        else 'final'
    end as status
from compared
