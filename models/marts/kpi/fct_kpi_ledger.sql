-- A view: the rows are written when a publication is made, after all models are built, and it holds them.

{{ config(materialized='view') }}

with

ledger as (

    select * from {{ source('keiro', 'kpi_ledger') }}

)

select
    metric,
    grain,
    scope,
    period_start,
    period_end,
    valid_at,
    known_at,
    value,
    numerator,
    denominator,
    n,
    status,
    trust,
    unit,
    definition_hash,
    data_hash
from ledger
