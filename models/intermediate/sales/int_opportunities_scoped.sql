-- One row per opportunity and scope that it belongs to: all, and each way to slice it whose value is known.

with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

scoped as (

    {% for dimension in ['channel', 'campaign', 'segment', 'region', 'owner_id'] %}
        select
            *,
            '{{ dimension }}=' || {{ dimension }} as scope
        from opportunities
        where {{ dimension }} is not null
        union all
    {% endfor %}
    select
        *,
        'all' as scope
    from opportunities

)

select * from scoped
