{{ config(enabled='marketo' in var('sources')) }}

-- Marketo leads in the shape of the input `people`; those that were deleted (activity of type 37) are left
-- out.

with

leads as (

    select leads.*
    from {{ ref('stg_marketo__leads') }} as leads
    anti join {{ ref('stg_marketo__activities') }} as activities
        on leads.lead_id = activities.lead_id and activities.type_id = 37 and activities.occurred_at < {{ as_of_end_utc() }}

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'marketo'

)

select
    'marketo' as source,
    leads.lead_id as source_person_id,
    leads.email,
    coalesce(channels.channel, 'other') as channel,
    leads.given_name,
    leads.family_name,
    leads.company_name,
    leads.phone,
    leads.created_at
from leads
left join channels on lower(coalesce(leads.lead_source, leads.original_source_type)) = lower(channels.source_value)
