{{ config(materialized='view') }}

-- Days of which web events changed since the last build; none where everything is built anew.

{% if 'web_events' in var('sources').get('ga4', []) %}
    select distinct {{ parse_date('event_date') }} as event_date
    from {{ ref('stg_ga4__dates_changed') }}
{% else %}
    select cast(null as date) as event_date
    where false
{% endif %}
