-- One row per month that has begun, with whether its cost is known. Media cost is known from the first
-- to the last month that the ad accounts report. It is not known in a month that a source skips, and in
-- one in which a source ends more than a week early: an export that is cut off looks like that. The full
-- cost is known where both departments have a row in the seed `other_costs` too.

with

costs as (

    select * from {{ ref('fct_costs') }}

),

months as (

    select
        month_start as cost_month,
        least(max(date_day), {{ as_of() }}) as last_day
    from {{ ref('dim_dates') }}
    where month_start <= {{ as_of() }}
    group by month_start

),

spans as (

    select
        source,
        min(cost_date) as first_date,
        max(cost_date) as last_date
    from costs
    group by source

),

source_months as (

    select distinct
        source,
        cast(date_trunc('month', cost_date) as date) as cost_month
    from costs

),

media as (

    select
        months.cost_month,
        min(spans.first_date) as first_date,
        max(spans.last_date) as last_date,
        count(*) filter (
            where spans.first_date <= months.last_day and spans.last_date >= months.cost_month
            and (source_months.source is null or spans.last_date < months.last_day - 7)
        ) as incomplete_sources
    from months
    cross join spans
    left join source_months on spans.source = source_months.source and months.cost_month = source_months.cost_month
    group by months.cost_month

),

others as (

    select
        cost_month,
        count(distinct department) as departments
    from {{ ref('other_costs') }}
    group by cost_month

)

select
    months.cost_month,
    months.last_day,
    coalesce(
        media.first_date <= months.cost_month + 7 and media.last_date >= months.cost_month and media.incomplete_sources = 0, false
    ) as is_media_known,
    is_media_known and coalesce(others.departments, 0) = 2 as is_full_known
from months
left join media on months.cost_month = media.cost_month
left join others on months.cost_month = others.cost_month
