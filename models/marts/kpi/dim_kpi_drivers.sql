with

drivers as (

    select * from {{ ref('int_kpi_drivers_listed') }}

)

select
    metric || '<' || driver as kpi_driver_id,
    metric,
    driver,
    kind,
    position,
    lag_days,
    evidence,
    owner,
    review_date,
    is_declared
from drivers
