{{ config(enabled='seminars' in var('sources')) }}

-- Cells of attendance lists whose text is no address, flag or date.

with

failures as (

    {{ cast_failures('seminars', 'attendances', ref('stg_seminars__attendances'), {
        'email_text': 'email', 'attended': 'has_attended', 'registered_at': 'registration_at', 'followed_up_date': 'follow_up_date'
    }) }}

)

-- `_text` marks the text of a column whose typed value has its name.
select * replace (regexp_replace(column_name, '_text$', '') as column_name) from failures
