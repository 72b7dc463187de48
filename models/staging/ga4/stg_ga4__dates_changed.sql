{{ config(enabled='ga4' in var('sources'), materialized='table') }}

-- Days of the property of which rows were loaded, restated or marked deleted since the last build; none where
-- everything is built anew. What marks a row as deleted has its digest alone; all rows of a digest are of one day.

with

new_rows as (

    {% for table_name in ['events', 'events_intraday', 'events_flat'] %}
        select event_date
        from {{ source('ga4', table_name) }}
        where
            event_date is not null
            and {{ only_new_keys('ga4', table_name, '_row_hash') if builds_increment() else 'false' }}
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select distinct event_date from new_rows
