-- Values before anything is withheld, with their status, which does not depend on flags.

{{ config(materialized='view') }}

with

kpi_values as (

    select * from {{ ref('int_kpi_values_computed') }}

)

select
    metric,
    grain,
    period_start,
    period_end,
    scope,
    value,
    {{ kpi_value_status('kpi_values') }} as status
from kpi_values
