{{ config(enabled='zoom' in var('sources')) }}

-- Cells of attendee reports whose text is no flag or time.

with

failures as (

    {{ cast_failures('zoom', 'attendees', ref('stg_zoom__attendees'), {
        'attended': 'has_attended', 'started_at': 'webinar_at', 'registration_time': 'registered_at',
        'join_time': 'joined_at', 'leave_time': 'left_at'
    }) }}

)

select * from failures
