with

judged as (

    select * from {{ ref('int_kpi_values_judged') }}

),

kpis as (

    select * from {{ ref('dim_kpis') }}

)

select
    judged.metric || ':' || judged.grain || ':' || judged.period_start || ':' || judged.scope as kpi_value_id,
    judged.metric,
    judged.grain,
    judged.period_start,
    judged.period_end,
    judged.scope,
    case when not judged.is_withheld then judged.value end as value,
    case when not judged.is_withheld then judged.numerator end as numerator,
    case when not judged.is_withheld then judged.denominator end as denominator,
    case when not judged.is_withheld then judged.n end as n,
    {{ kpi_value_status('judged') }} as status,
    case
        when judged.is_withheld then 'withheld'
        when judged.is_flagged then 'drifting'
        else 'ok'
    end as trust,
    case when judged.is_withheld then judged.flag_id end as withheld_by_flag_id,
    kpis.unit,
    kpis.definition_hash,
    {{ as_of() }} as as_of
from judged
inner join kpis on judged.metric = kpis.metric
