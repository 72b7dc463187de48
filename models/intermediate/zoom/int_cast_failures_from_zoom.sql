{{ config(enabled='zoom' in var('sources')) }}

-- Cells of attendee reports whose text is no address, flag or time.

with

failures as (

    {{ cast_failures('zoom', 'attendees', ref('stg_zoom__attendees'), {
        'email_text': 'email', 'attended': 'has_attended', 'started_at': 'webinar_at', 'registration_time': 'registered_at',
        'join_time': 'joined_at', 'leave_time': 'left_at'
    }) }}

)

-- `_text` marks the text of a column whose typed value has its name.
select * replace (regexp_replace(column_name, '_text$', '') as column_name) from failures
