-- Values before anything is withheld, with their status, which does not depend on flags.

{{ config(materialized='view') }}

with

kpi_values as (

    select * from {{ ref('int_kpi_values_computed') }}

)

select
    kpi_values.metric,
    kpi_values.grain,
    kpi_values.period_start,
    kpi_values.period_end,
    kpi_values.scope,
    kpi_values.value,
    {{ kpi_value_status('kpi_values') }} as status
from kpi_values
