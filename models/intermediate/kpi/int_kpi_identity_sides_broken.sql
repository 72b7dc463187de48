-- Days from which to which a side of an identity is broken for another reason, by what is computed from it.

with

drivers as (

    select * from {{ ref('int_kpi_drivers_listed') }}
    where kind = 'identity'

),

inputs as (

    select * from {{ ref('int_kpi_inputs_traced') }}

),

flags as (

    select * from {{ ref('int_kpi_drift_flagged') }}
    union all
    select * from {{ ref('int_check_results_flagged') }}
    union all
    select * from {{ ref('int_opportunities_flagged') }}

),

sides as (

    select
        metric,
        driver as side
    from drivers
    union
    select
        metric,
        metric as side
    from drivers

)

select distinct
    sides.metric,
    flags.scope,
    flags.period_start,
    flags.period_end
from flags
inner join inputs on flags.metric = inputs.input_metric
inner join sides on inputs.metric = sides.side
where flags.kind = 'broken' and flags.severity != 'info'
