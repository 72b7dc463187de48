{{ config(enabled='seminars' in var('sources')) }}

-- Cells of attendance lists whose text is no flag or date.

with

failures as (

    {{ cast_failures('seminars', 'attendances', ref('stg_seminars__attendances'), {
        'attended': 'has_attended', 'registered_at': 'registration_at', 'followed_up_date': 'follow_up_date'
    }) }}

)

select * from failures
