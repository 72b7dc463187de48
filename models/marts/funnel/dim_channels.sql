with

channels as (

    select * from {{ ref('channels') }}

)

select
    channel,
    position,
    is_paid,
    label_en,
    label_ja,
    is_marketing
from channels
