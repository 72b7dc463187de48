{{ config(enabled='hubspot' in var('sources'), materialized='view') }}

-- HubSpot contacts in the shape of the input `people`.

with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

channels as (

    select * from {{ ref('channel_mapping') }}
    where source = 'hubspot'

)

select
    'hubspot' as source,
    contacts.contact_id as source_person_id,
    contacts.email,
    contacts.web_client_id,
    contacts.web_user_id,
    contacts.company_id as source_account_id,
    contacts.contact_owner as source_owner_id,
    contacts.disqualified_reason as rejection_reason,
    coalesce(details.channel, channels.channel, 'other') as channel,
    contacts.given_name,
    contacts.family_name,
    contacts.company_name,
    contacts.phone,
    contacts.created_at
from contacts
left join channels on lower(contacts.original_source) = lower(channels.source_value)
-- `Offline Sources > CRM_UI` in the mapping tells people entered by sales from imports and registrations.
left join channels as details
    on lower(contacts.original_source || ' > ' || contacts.original_source_detail) = lower(details.source_value)
