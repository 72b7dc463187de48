{{ config(enabled='account_engagement' in var('sources')) }}

-- Cells of Account Engagement's exports whose text is no time or number.

with

failures as (

    {{ cast_failures('account_engagement', 'prospects', ref('stg_account_engagement__prospects'), {
        'score': 'score_points', 'created_time': 'created_at', 'updated_time': 'updated_at',
        'last_activity_time': 'last_active_at'
    }) }}
    union all
    {{ cast_failures('account_engagement', 'visitor_activities', ref('stg_account_engagement__visitor_activities'), {
        'activity_type': 'activity_type_id', 'created_time': 'occurred_at'
    }) }}
    union all
    {{ cast_failures('account_engagement', 'lifecycle_histories', ref('stg_account_engagement__lifecycle_moves'), {
        'seconds_elapsed': 'previous_stage_seconds', 'created_time': 'moved_at'
    }) }}
    union all
    {{ cast_failures('account_engagement', 'lifecycle_stages', ref('stg_account_engagement__lifecycle_stages'), {
        'position': 'stage_position'
    }) }}

)

select * from failures
