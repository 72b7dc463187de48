{{ config(materialized='view') }}

-- One row per thing that a person did in answer to marketing outside of web sessions: a response to a
-- campaign, a click in an e-mail, a seminar that was attended. Bots are left out by the adapters. A person is
-- named by the source's id or by an e-mail address.

with

responses as (

    {{ union_inputs('campaign_responses', {
        'source': 'varchar', 'response_id': 'varchar', 'source_person_id': 'varchar', 'campaign': 'varchar',
        'campaign_type': 'varchar', 'channel': 'varchar', 'responded_at': 'timestamp', 'is_date_only': 'boolean'
    }) }}

),

email_events as (

    {{ union_inputs('email_events', {
        'source': 'varchar', 'event_id': 'varchar', 'event_type': 'varchar', 'source_person_id': 'varchar',
        'recipient_email': 'varchar', 'email_campaign_id': 'varchar', 'email_campaign': 'varchar',
        'occurred_at': 'timestamp'
    }) }}

),

attendances as (

    {{ union_inputs('attendances', {
        'source': 'varchar', 'seminar_id': 'varchar', 'source_person_id': 'varchar', 'has_attended': 'boolean',
        'seminar_date': 'date'
    }) }}

),

signals as (

    select
        source,
        'campaign_response' as kind,
        response_id as signal_key,
        source_person_id,
        cast(null as varchar) as email,
        coalesce(channel, 'other') as channel,
        campaign_type as medium,
        campaign,
        responded_at as touched_at,
        coalesce(is_date_only, false) as is_date_only
    from responses
    union all
    select
        source,
        'email_click' as kind,
        event_id as signal_key,
        source_person_id,
        recipient_email as email,
        'email' as channel,
        'email' as medium,
        coalesce(email_campaign, email_campaign_id) as campaign,
        occurred_at as touched_at,
        false as is_date_only
    from email_events
    where event_type = 'CLICK'
    union all
    select
        source,
        'attendance' as kind,
        concat_ws(':', seminar_id, seminar_date, source_person_id) as signal_key,
        source_person_id,
        cast(null as varchar) as email,
        'seminar' as channel,
        'seminar' as medium,
        seminar_id as campaign,
        {{ to_utc('cast(seminar_date as timestamp)') }} as touched_at,
        true as is_date_only
    from attendances
    where has_attended

)

select * from signals
where touched_at is not null and touched_at < {{ as_of_end_utc() }}
