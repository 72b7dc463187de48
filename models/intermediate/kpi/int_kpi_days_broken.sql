-- One row per metric, scope and day on which the metric is broken, for itself or for a metric that
-- it is computed from.

with

flags as (

    select * from {{ ref('fct_kpi_flags') }}
    where kind = 'broken' and severity != 'info' and metric is not null

),

inputs as (

    select * from {{ ref('int_kpi_inputs_traced') }}

),

days as (

    select * from {{ ref('dim_dates') }}
    where date_day <= {{ as_of() }}

)

select
    inputs.metric,
    flags.scope,
    days.date_day,
    days.is_business_day,
    min(flags.flag_id) as flag_id
from flags
inner join inputs on flags.metric = inputs.input_metric
inner join days on days.date_day between flags.period_start and flags.period_end
group by inputs.metric, flags.scope, days.date_day, days.is_business_day
