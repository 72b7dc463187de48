with

events as (

    select * from {{ ref('int_email_events_from_hubspot') }}
    where event_type in ('SENT', 'CLICK')

),

scenarios as (

    select * from {{ ref('nurture_scenarios') }}

)

select
    {{ pseudonymise("'mail:' || sent.event_id") }} as mail_id,
    scenarios.scenario,
    scenarios.step,
    'email' as channel,
    {{ to_local_date('sent.occurred_at') }} as sent_date,
    bool_or(clicks.event_id is not null) as is_clicked
from events as sent
inner join scenarios on sent.email_campaign_id = scenarios.email_campaign_id
left join events as clicks on sent.event_id = clicks.sent_by_event_id and clicks.event_type = 'CLICK'
where sent.event_type = 'SENT' and sent.occurred_at < {{ as_of_end_utc() }}
group by sent.event_id, scenarios.scenario, scenarios.step, sent.occurred_at
