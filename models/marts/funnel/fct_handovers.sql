with

handed_over as (

    select
        *,
        coalesce(accepted_date, rejected_date) as answered_date
    from {{ ref('int_mqls_handed_over') }}

),

people as (

    select * from {{ ref('dim_people') }}

),

reasons as (

    select * from {{ ref('int_rejection_reasons_published') }}

),

business_days as (

    select
        date_day,
        is_business_day,
        count(*) filter (where is_business_day) over (order by date_day) as business_day_number
    from {{ ref('dim_dates') }}

),

measured as (

    select
        handed_over.*,
        due.date_day as due_date,
        touched.business_day_number - passed.business_day_number as business_days_to_answer,
        coalesce(today.business_day_number - passed.business_day_number >= handed_over.sla_days, false) as is_sla_over,
        coalesce(touched.business_day_number - passed.business_day_number <= handed_over.sla_days, false) as is_sla_kept
    from handed_over
    inner join business_days as passed on handed_over.mql_date = passed.date_day
    inner join business_days as today on today.date_day = {{ as_of() }}
    left join business_days as touched on handed_over.answered_date = touched.date_day
    left join business_days as due
        on due.is_business_day and passed.business_day_number + handed_over.sla_days = due.business_day_number

),

decided as (

    select
        *,
        case
            when accepted_date is not null then 'accepted'
            when rejected_date is not null then 'rejected'
            when is_sla_over then 'never_touched'
            else 'within_sla'
        end as outcome
    from measured

)

select
    decided.entity_id || ':' || decided.spell as handover_id,
    decided.entity_id,
    decided.spell,
    decided.mql_date,
    decided.sla_days,
    decided.due_date,
    decided.answered_date,
    date_diff('day', decided.mql_date, decided.answered_date) as days_to_answer,
    decided.business_days_to_answer,
    decided.outcome,
    case when decided.outcome = 'rejected' then reasons.rejection_reason end as rejection_reason,
    decided.is_sla_over,
    decided.is_sla_kept,
    decided.channel,
    people.segment,
    people.region,
    people.owner_id,
    decided.campaign
from decided
left join people on decided.entity_id = people.person_id
left join reasons on decided.entity_id = reasons.person_id
