with

stages as (

    select * from {{ ref('int_stages_agreed') }}

)

select
    stage,
    position,
    kind,
    is_imputed,
    marketing_owner,
    sales_owner,
    sla_days,
    entry_evidence,
    label_en,
    label_ja
from stages
