-- Leads in the shape of Keiro's input `people`. The data set is anonymised: it has no e-mail.

with

mqls as (

    select * from {{ ref('stg_olist__mqls') }}

),

channels as (

    select * from {{ ref('channel_mapping') }}

)

select
    'olist' as source,
    mqls.mql_id as source_person_id,
    channels.channel,
    mqls.first_contact_at as created_at
from mqls
left join channels on mqls.origin = channels.source_value
