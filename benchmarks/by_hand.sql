-- The tables of the funnel as one script, written by hand for the company of build_data.py: the baseline that the
-- build of all models is measured against. It knows its exports: dates have one form, GA4 writes parameters as it
-- does, people are one by e-mail address, there is one stage contract, channels need no rules beyond their medium.
-- Variables: as_of (DATE) and seeds (the folder of the seeds, with a slash). Tables go into the schema `hand`.

set TimeZone = 'UTC';
create or replace schema hand;
create or replace macro local_day(t) as cast(timezone('Asia/Tokyo', timezone('UTC', t)) as date);
create or replace macro to_utc(t) as timezone('UTC', timezone('Asia/Tokyo', t));
create or replace macro minute_utc(t) as to_utc(strptime(t, '%Y-%m-%d %H:%M'));
create or replace macro pseudonym(k) as substr(sha256('keiro:' || k), 1, 20);
create or replace macro end_of_as_of() as to_utc(cast(getvariable('as_of') + 1 as timestamp));
create or replace temp table stages as
    from read_csv(getvariable('seeds') || 'stages.csv', types = {'sla_days': 'integer'});
create or replace temp table stage_mapping as from read_csv(getvariable('seeds') || 'stage_mapping.csv');
create or replace temp table stage_pairs as
    from read_csv(getvariable('seeds') || 'stage_pairs.csv', types = {'horizon_days': 'integer', 'observed_from': 'date'});
create or replace temp table channel_mapping as
    select source, lower(source_value) as source_value, min(channel) as channel
    from read_csv(getvariable('seeds') || 'channel_mapping.csv') group by all;
create or replace temp table channels as from read_csv(getvariable('seeds') || 'channels.csv');
create or replace temp table role_mailboxes as from read_csv(getvariable('seeds') || 'role_mailboxes.csv');

-- Web events: the newest version of each row; identical rows are one event.
create or replace temp table events as
with newest as (
    select rowid as id, _is_deleted
    from raw.ga4__events
    where _extracted_at <= getvariable('as_of')
    qualify row_number() over (partition by _row_hash order by _extracted_at desc, _load_seq desc, _row_number desc) = 1
),
read as (
    select
        user_pseudo_id,
        event_name,
        make_timestamp(cast(event_timestamp as bigint)) as occurred_at,
        cast(strptime(event_date, '%Y%m%d') as date) as event_date,
        from_json(event_params, '[{"key": "VARCHAR", "value": {"string_value": "VARCHAR", "int_value": "VARCHAR"}}]') as params,
        from_json(collected_traffic_source, '{
            "manual_source": "VARCHAR", "manual_medium": "VARCHAR", "manual_campaign_name": "VARCHAR", "gclid": "VARCHAR"
        }') as traffic
    from raw.ga4__events
    where rowid in (select id from newest where not _is_deleted)
)
select
    user_pseudo_id as client,
    user_pseudo_id || '.' || list_filter(params, lambda p: p.key = 'ga_session_id')[1].value.int_value as session_key,
    event_name,
    occurred_at,
    event_date,
    list_filter(params, lambda p: p.key = 'session_engaged')[1].value.string_value = '1' as is_engaged,
    case
        when traffic.gclid is not null then 'paid_search'
        when traffic.manual_medium is not null then coalesce(m.channel, 'other')
    end as channel,
    traffic.manual_campaign_name as campaign
from read
left join channel_mapping as m on m.source = 'web' and lower(traffic.manual_medium) = m.source_value;

create or replace table hand.fct_web_event_days as
select
    event_date,
    count(*) as event_count,
    count(session_key) as session_event_count,
    count(*) filter (where client is null) as consentless_event_count
from events group by event_date;

-- Companies, contacts, attendees.
create or replace temp table accounts as
select
    record_id as source_id,
    pseudonym('hubspot:account:' || record_id) as account_id,
    domain, industry, state as region,
    cast(number_of_employees as integer) as employees,
    minute_utc(create_date) as created_at
from raw.hubspot__companies
where _extracted_at <= getvariable('as_of')
qualify row_number() over (partition by record_id order by _extracted_at desc, _load_seq desc, _row_number desc) = 1
    and not _is_deleted;

create or replace table hand.dim_accounts as
select
    account_id, industry, created_at, region,
    case when employees < 100 then 'small' when employees < 1000 then 'medium' else 'large' end as segment
from accounts;

create or replace temp table contacts as
with newest as (
    select rowid as id, _is_deleted from raw.hubspot__contacts where _extracted_at <= getvariable('as_of')
    qualify row_number() over (partition by record_id order by _extracted_at desc, _load_seq desc, _row_number desc) = 1
)
select
    record_id, lower(trim(email)) as email, ga_client_id, primary_company_id, contact_owner, disqualified_reason, original_source,
    minute_utc(create_date) as created_at,
    [minute_utc(became_lead_date), minute_utc(became_mql_date), minute_utc(became_sal_date), minute_utc(became_sql_date),
        minute_utc(became_opportunity_date), minute_utc(became_customer_date), minute_utc(disqualified_date)] as reached
from raw.hubspot__contacts
where rowid in (select id from newest where not _is_deleted);

create or replace temp table attendances as
select
    strftime(_extracted_at, 'seminar-%Y-%m-%d') as seminar_id,
    lower(trim(email)) as email,
    bool_or(attended = '○') as has_attended,
    min(minute_utc(replace(registered_at, '/', '-'))) as registered_at,
    _extracted_at as seminar_date
from raw.seminars__attendances
where _extracted_at <= getvariable('as_of')
group by _extracted_at, email;

create or replace temp table people as
with records as (
    select
        'hubspot' as source, record_id as source_id, c.email, c.ga_client_id as client, c.primary_company_id, c.contact_owner,
        c.created_at, coalesce(m.channel, 'other') as channel
    from contacts as c left join channel_mapping as m on m.source = 'hubspot' and lower(c.original_source) = m.source_value
    union all
    select 'seminars', email, email, null, null, null, min(registered_at), 'seminar' from attendances group by email
),
named as (
    select *, split_part(email, '@', 1) in (select mailbox from role_mailboxes) as is_role
    from records where created_at is null or created_at < end_of_as_of()
),
grouped as (
    select
        *,
        first_value(source || ':' || source_id) over (
            partition by case when is_role or email is null then source || ':' || source_id else email end
            order by created_at, source, source_id
        ) as first_record
    from named
)
select
    g.* exclude (first_record),
    pseudonym(first_record) as person_id,
    coalesce(a.account_id, d.account_id) as account_id,
    pseudonym('hubspot:owner:' || contact_owner) as owner_id
from grouped as g
left join accounts as a on g.primary_company_id = a.source_id
left join accounts as d on split_part(g.email, '@', 2) = d.domain;

create or replace table hand.dim_people as
select
    p.person_id, arg_min(p.account_id, (p.created_at, source, source_id)) filter (where p.account_id is not null) as account_id,
    arg_min(source, (p.created_at, source, source_id)) as first_source,
    arg_min(channel, (p.created_at, source, source_id)) as channel,
    min(p.created_at) as created_at, count(*) as record_count,
    arg_min(owner_id, (p.created_at, source, source_id)) filter (where owner_id is not null) as owner_id
from people as p group by p.person_id;
alter table hand.dim_people add column segment varchar;
alter table hand.dim_people add column region varchar;
update hand.dim_people as p set segment = a.segment, region = a.region from hand.dim_accounts as a where a.account_id = p.account_id;

-- Sessions, with the last channel that was not direct.
create or replace table hand.fct_sessions as
with clients as (
    select client, arg_min(person_id, (created_at, person_id)) as person_id from people where client is not null group by client
),
gathered as (
    select
        session_key, min(client) as client, min(occurred_at) as started_at, max(occurred_at) as ended_at,
        min(event_date) as session_date, bool_or(is_engaged) as is_engaged, count(*) as event_count,
        count(*) filter (where event_name in ('page_view', 'screen_view')) as page_view_count,
        count(*) filter (where event_name in ('generate_lead', 'purchase')) as key_event_count,
        arg_min(channel, (occurred_at, channel)) filter (where channel is not null) as channel,
        arg_min(campaign, (occurred_at, campaign)) filter (where campaign is not null) as campaign
    from events where session_key is not null group by session_key
),
built as (
    select
        pseudonym('ga4:session:' || session_key) as session_id, pseudonym('ga4:client:' || g.client) as visitor_id, c.person_id,
        started_at, ended_at, session_date, is_engaged, event_count, page_view_count, key_event_count,
        coalesce(channel, 'direct') as channel, campaign
    from gathered as g left join clients as c using (client)
    where session_date <= getvariable('as_of')
),
followed as (
    select
        *,
        last_value(case when channel != 'direct' then {'at': started_at, 'channel': channel, 'campaign': campaign} end ignore nulls) over (
            partition by coalesce(person_id, visitor_id) order by started_at, session_id
            rows between unbounded preceding and 1 preceding
        ) as earlier
    from built
)
select
    * exclude (earlier),
    case when channel = 'direct' and earlier.at >= started_at - interval 90 day then earlier.channel else channel end
        as last_non_direct_channel,
    case when channel = 'direct' and earlier.at >= started_at - interval 90 day then earlier.campaign else campaign end
        as last_non_direct_campaign
from followed;
drop table events;

-- Opportunities: of the contact that the deal names, else of the colleague who became known last.
create or replace temp table deals as
with newest as (
    select * from raw.hubspot__deals where _extracted_at <= getvariable('as_of')
    qualify row_number() over (partition by record_id order by _extracted_at desc, _load_seq desc, _row_number desc) = 1
        and not _is_deleted
),
read as (
    select
        record_id, deal_stage, deal_owner, associated_contact_ids as contact_id, associated_company_ids as company_id,
        cast(amount as decimal(18, 2)) as amount, minute_utc(create_date) as created_at, minute_utc(close_date) as close_at
    from newest
),
colleagues as (
    select account_id, created_at, max_by(person_id, (channel is not null, person_id)) as person_id,
        max_by(channel, (channel is not null, person_id)) as channel
    from people where account_id is not null and created_at is not null group by all
)
select
    pseudonym('hubspot:opportunity:' || d.record_id) as opportunity_id, d.record_id,
    coalesce(p.person_id, case when c.created_at >= d.created_at - interval 180 day then c.person_id end) as person_id,
    coalesce(p.channel, case when c.created_at >= d.created_at - interval 180 day then c.channel end, 'other') as channel,
    a.account_id, m.stage, d.deal_stage, d.amount, d.created_at, d.close_at,
    pseudonym('hubspot:owner:' || d.deal_owner) as owner_id,
    case when s.kind != 'open' and local_day(d.close_at) > getvariable('as_of') then 'open' else s.kind end as kind
from read as d
left join people as p on p.source = 'hubspot' and d.contact_id = p.source_id
left join accounts as a on d.company_id = a.source_id
asof left join colleagues as c on a.account_id = c.account_id and d.created_at >= c.created_at
left join stage_mapping as m
    on m.source = 'hubspot' and m.source_field = 'deal_stage' and lower(d.deal_stage) = lower(m.source_value)
left join stages as s on m.stage = s.stage
where d.created_at < end_of_as_of();

create or replace table hand.fct_opportunities as
with described as (
    select
        d.*, local_day(d.created_at) as created_date,
        case when kind in ('won', 'lost') then local_day(close_at) end as closed_date,
        coalesce(kind = 'won', false) as is_won,
        coalesce(d.account_id, d.person_id, d.opportunity_id) as customer_id,
        coalesce(a.segment, p.segment) as segment, coalesce(a.region, p.region) as region
    from deals as d
    left join hand.dim_accounts as a using (account_id) left join hand.dim_people as p on d.person_id = p.person_id
),
campaigns as (
    select person_id, arg_min(campaign, (started_at, session_id)) as campaign
    from hand.fct_sessions where campaign is not null and not starts_with(campaign, '(') group by person_id
)
select
    opportunity_id, d.person_id, account_id, created_date, closed_date, amount, is_won, kind in ('won', 'lost') as is_closed,
    kind = 'open' as is_open, stage, channel, segment, region, owner_id, c.campaign,
    date_diff('day', created_date, closed_date) as days_to_close,
    is_won and closed_date is not null and row_number() over (
        partition by customer_id, is_won and closed_date is not null order by closed_date, created_date, opportunity_id
    ) = 1 as is_new_customer
from described as d left join campaigns as c on d.person_id = c.person_id;

-- Stages: what contacts and deals say, and first visits.
create or replace temp table evidence as
with contact_dates as (
    select
        p.person_id as entity_id, null as opportunity_id, null as track, false as is_deal,
        unnest(['lead', 'mql', 'sal', 'sql', 'opportunity', 'won', 'disqualified']) as stage, unnest(c.reached) as entered_at
    from contacts as c inner join people as p on p.source = 'hubspot' and c.record_id = p.source_id
),
history as (
    select distinct record_id, value, make_timestamp(cast(changed_at as bigint) * 1000) as entered_at
    from raw.hubspot__deal_property_history
    where property_name = 'dealstage' and _extracted_at <= getvariable('as_of')
),
deal_times as (
    select record_id, lower(value) as value, entered_at from history
    union all
    -- The close date dates an end that the history does not have.
    select d.record_id, lower(d.deal_stage), d.close_at
    from deals as d
    inner join stage_mapping as m
        on m.source = 'hubspot' and m.source_field = 'deal_stage' and lower(d.deal_stage) = lower(m.source_value)
        and m.stage in ('won', 'lost')
    anti join history as h on d.record_id = h.record_id and d.deal_stage = h.value
)
select * from contact_dates where entered_at is not null and entered_at < end_of_as_of()
union all
select coalesce(d.person_id, d.opportunity_id), d.opportunity_id, t.record_id, true, m.stage, t.entered_at
from deal_times as t
inner join deals as d using (record_id)
inner join stage_mapping as m
    on m.source = 'hubspot' and m.source_field = 'deal_stage' and t.value = lower(m.source_value)
where t.entered_at < end_of_as_of();

create or replace temp table cuts as
with ordered as (
    select
        e.*, s.position,
        lag(s.position) over (
            partition by track order by local_day(entered_at), entered_at, s.position
        ) as position_before
    from evidence as e inner join stages as s using (stage) where s.kind != 'lost' and track is not null
),
all_cuts as (
    select entity_id, opportunity_id, entered_at as cut_at, entered_at - interval 1 microsecond as cut_after,
        position as cut_position, 'recycled' as exit_type
    from ordered where position < position_before
    union all
    select entity_id, opportunity_id, entered_at, entered_at, 0, 'lost'
    from evidence inner join stages using (stage) where stages.kind = 'lost'
),
valid as (
    select distinct c.entity_id, c.cut_at, c.cut_after, c.cut_position, c.exit_type
    from all_cuts as c
    anti join deals as d
        on c.entity_id = d.person_id and c.opportunity_id is distinct from d.opportunity_id
        and c.cut_at >= d.created_at and c.cut_at < case when d.kind = 'open' then timestamp '9999-01-01' else d.close_at end
)
select *, row_number() over (partition by entity_id order by cut_after, cut_position, exit_type, cut_at) as cut_number from valid;

create or replace table hand.fct_stage_spells as
with days as (
    select entity_id, stage, position, min(entered_at) as entered_at
    from (
        select entity_id, stage, entered_at from evidence
        union all
        select coalesce(person_id, visitor_id), 'visit', min(started_at)
        from hand.fct_sessions group by coalesce(person_id, visitor_id)
    ) as unioned
    inner join stages using (stage) where kind in ('open', 'won')
    group by entity_id, stage, position, local_day(entered_at)
),
counted as (
    select d.*, 0 as pass, 0 as restarts from days as d anti join cuts using (entity_id)
    union all
    select d.*, count(c.cut_number), count(c.cut_number) filter (where c.cut_position <= d.position)
    from (select * from days semi join cuts using (entity_id)) as d
    left join cuts as c on d.entity_id = c.entity_id and d.entered_at > c.cut_after
    group by d.entity_id, d.stage, d.position, d.entered_at
),
spells as (
    select
        entity_id, stage, position, min(pass) as pass, min(entered_at) as entered_at,
        row_number() over (partition by entity_id, stage order by restarts) as spell
    from counted group by entity_id, stage, position, restarts
),
grid as (
    select
        e.entity_id, s.stage, s.position, s.is_imputed as may_be_inferred, f.entered_at, f.pass,
        s.is_imputed and e.entity_id in (select person_id from hand.dim_people) as is_imputed
    from (select entity_id, max(position) as last_position from spells group by entity_id) as e
    inner join stages as s on s.kind in ('open', 'won') and s.position <= e.last_position
    left join spells as f on e.entity_id = f.entity_id and s.stage = f.stage and f.spell = 1
),
judged as (
    select *, min(entered_at) over rest as next_at, arg_min(pass, entered_at) over rest as next_pass
    from grid
    window rest as (partition by entity_id order by position rows between current row and unbounded following)
),
stays as (
    select entity_id, stage, position, 1 as spell, coalesce(pass, next_pass) as pass, coalesce(entered_at, next_at) as entered_at,
        entered_at is null as is_inferred
    from judged
    where is_imputed or (entered_at is not null and (may_be_inferred or entered_at = next_at))
    union all
    select entity_id, stage, position, spell, pass, entered_at, false from spells where spell > 1
),
followed as (
    select *, lead(entered_at) over (partition by entity_id, pass order by position, entered_at) as next_entered_at from stays
),
visitors as (
    select visitor_id, arg_min(channel, (started_at, session_id)) as channel
    from hand.fct_sessions where person_id is null group by visitor_id
)
select
    f.entity_id, f.stage, f.spell, f.entered_at, local_day(f.entered_at) as entered_date, f.is_inferred,
    case
        when next_entered_at is not null then 'advanced'
        when f.stage = 'won' and c.exit_type = 'lost' then 'open'
        else coalesce(c.exit_type, 'open')
    end as exit_type,
    case
        when next_entered_at is not null then next_entered_at
        when c.cut_at is not null and not (f.stage = 'won' and c.exit_type = 'lost') then greatest(c.cut_at, f.entered_at)
    end as exited_at,
    coalesce(p.channel, v.channel, 'other') as channel,
    p.segment, p.region, p.owner_id
from followed as f
left join cuts as c on f.entity_id = c.entity_id and f.pass + 1 = c.cut_number
left join hand.dim_people as p on f.entity_id = p.person_id
left join visitors as v on f.entity_id = v.visitor_id;

create or replace table hand.fct_stage_conversions as
with stays as (select s.*, g.position from hand.fct_stage_spells as s inner join stages as g using (stage)),
losses as (
    select o.entity_id, p.stage_pair, max(e.exited_at) filter (where e.exit_type = 'lost') as lost_at
    from (select * from stays where spell = 1 and entity_id in (select entity_id from stays where exit_type = 'lost')) as o
    inner join stage_pairs as p on o.stage = p.from_stage
    inner join stays as e on o.entity_id = e.entity_id and o.position <= e.position
    group by o.entity_id, p.stage_pair
    having max(e.exited_at) filter (where e.exit_type = 'lost') >= max(e.entered_at)
),
paired as (
    select
        o.entity_id, p.stage_pair, o.channel, o.entered_date, d.entered_date as converted_date, p.horizon_days,
        local_day(l.lost_at) as lost_date,
        date_diff('day', o.entered_date, d.entered_date) as lag_days,
        date_diff('day', o.entered_date, getvariable('as_of')) as followed_days
    from stays as o
    inner join stage_pairs as p on o.stage = p.from_stage
    left join stays as d on o.entity_id = d.entity_id and p.to_stage = d.stage and d.spell = 1
    left join losses as l on o.entity_id = l.entity_id and p.stage_pair = l.stage_pair
    where o.spell = 1
)
select
    entity_id || ':' || stage_pair as conversion_id, entity_id, stage_pair, channel, entered_date, converted_date, lag_days,
    horizon_days, followed_days, followed_days >= horizon_days as is_mature,
    case when converted_date is not null then 'converted' when lost_date is not null then 'lost' else 'open' end as event_kind,
    case
        when converted_date is not null then greatest(0, lag_days)
        when lost_date is not null then greatest(0, date_diff('day', entered_date, lost_date))
        else followed_days
    end as event_days
from paired;

-- Curves and cohorts, from counts by day.
create or replace temp table counted as
with counts as (
    select stage_pair, channel, date_trunc('month', entered_date)::date as cohort_month, horizon_days, followed_days, event_kind,
        event_days, count(*) as n
    from hand.fct_stage_conversions group by all
)
select * exclude (channel), 'all' as scope from counts
union all select * exclude (channel), 'channel=' || channel from counts;

create or replace table hand.fct_conversion_curves as
with leaving as (
    select stage_pair, scope, event_days as lag_days, sum(n) as n,
        sum(case when event_kind = 'converted' then n else 0 end) as converted,
        sum(case when event_kind = 'lost' then n else 0 end) as lost
    from counted group by all
),
days as (
    select stage_pair, scope, unnest(range(max(followed_days) + 1)) as lag_days, sum(n) as entered from counted group by stage_pair, scope
),
risks as (
    select
        d.stage_pair, d.scope, d.lag_days, coalesce(l.converted, 0) as converted, coalesce(l.lost, 0) as lost,
        d.entered - coalesce(sum(l.n) over (
            partition by d.stage_pair, d.scope order by d.lag_days rows between unbounded preceding and 1 preceding
        ), 0) as n_at_risk
    from days as d left join leaving as l using (stage_pair, scope, lag_days)
),
survived as (
    select *, coalesce(product(1 - coalesce((converted + lost) / nullif(n_at_risk, 0), 0)) over (
        partition by stage_pair, scope order by lag_days rows between unbounded preceding and 1 preceding
    ), 1) as still_before
    from risks
)
select stage_pair, scope, lag_days, n_at_risk, converted, lost,
    sum(still_before * coalesce(converted / nullif(n_at_risk, 0), 0)) over (
        partition by stage_pair, scope order by lag_days
    ) as conversion
from survived;

create or replace table hand.fct_cohort_conversions as
select
    cohort_month, stage_pair, scope, sum(n)::bigint as n,
    coalesce(sum(n) filter (where event_kind = 'converted' and event_days <= horizon_days), 0)::bigint as converted,
    coalesce(sum(n) filter (where event_kind = 'open' and followed_days < horizon_days), 0)::bigint as n_at_risk,
    coalesce(sum(n) filter (where followed_days >= horizon_days), 0)::bigint as n_mature,
    coalesce(sum(n) filter (where event_kind = 'converted' and event_days <= horizon_days), 0) / sum(n) as plain_rate
from counted group by cohort_month, stage_pair, scope;

-- Touches and credits.
create or replace table hand.fct_touches as
with touches as (
    select
        pseudonym('touch:session:' || session_id) as touch_id, 'session' as kind, person_id, last_non_direct_channel as channel,
        channel as own_channel, last_non_direct_campaign as campaign, started_at as touched_at, session_date as touched_date
    from hand.fct_sessions where person_id is not null
    union all
    select
        pseudonym('touch:attendance:seminars:' || concat_ws(':', t.seminar_id, t.seminar_date, t.email)), 'attendance', p.person_id,
        'seminar', 'seminar', t.seminar_id, to_utc(cast(t.seminar_date as timestamp)), t.seminar_date
    from attendances as t inner join people as p on p.source = 'seminars' and t.email = p.source_id
    where t.has_attended
)
select
    t.*, p.account_id,
    coalesce(touched_at - lag(touched_at) over (partition by t.person_id, own_channel order by touched_at, touch_id)
        < interval 30 minute, false) as is_repeat
from touches as t left join hand.dim_people as p using (person_id);

create or replace temp table matched as
with ended as (
    select
        opportunity_id, person_id,
        case when created_at = to_utc(cast(local_day(created_at) as timestamp))
            then created_at + interval 1 day - interval 1 microsecond else created_at end as created_at,
        case
            when kind not in ('won', 'lost') then end_of_as_of()
            when close_at = to_utc(cast(local_day(close_at) as timestamp)) then close_at + interval 1 day - interval 1 microsecond
            else close_at
        end as closed_at
    from deals
)
select
    d.opportunity_id, t.touch_id, t.person_id, t.channel, t.touched_at, c.is_marketing, t.is_repeat,
    t.touched_at <= d.created_at as is_before,
    t.touched_at <= d.created_at and not t.is_repeat as is_creditable
from ended as d
inner join hand.fct_touches as t on d.person_id = t.person_id
inner join channels as c on t.channel = c.channel
where t.touched_at <= greatest(d.created_at, d.closed_at) and t.touched_at >= d.created_at - interval 180 day;

create or replace table hand.fct_opportunity_origins as
with summed as (
    select
        opportunity_id,
        count(*) filter (where is_before and not is_repeat) as touch_count,
        arg_min(channel, (touched_at, touch_id)) filter (where is_before) as first_touch_channel,
        arg_max(channel, (channel != 'direct', touched_at, touch_id)) filter (where is_before) as last_non_direct_channel,
        arg_min(is_marketing, (touched_at, touch_id)) filter (where is_before) as is_first_touch_marketing,
        bool_or(is_marketing) filter (where is_before) as has_marketing_before,
        bool_or(is_marketing) as is_influenced,
        bool_or(is_creditable) as is_attributed
    from matched group by opportunity_id
)
select
    o.opportunity_id, o.person_id, o.created_date, o.amount, o.is_won, o.channel,
    coalesce(s.first_touch_channel, 'unattributed') as first_touch_channel,
    coalesce(s.last_non_direct_channel, 'unattributed') as last_non_direct_channel,
    coalesce(s.touch_count, 0) as touch_count,
    o.person_id is not null and c.is_marketing as is_sourced_by_lead_source,
    coalesce(s.is_first_touch_marketing, false) as is_sourced_by_first_touch,
    coalesce(s.has_marketing_before, false) as is_sourced_by_touch_before_creation,
    coalesce(s.is_influenced, false) as is_influenced_before_close,
    not coalesce(s.is_attributed, false) as is_unattributed
from hand.fct_opportunities as o
left join summed as s using (opportunity_id) left join channels as c on o.channel = c.channel;

-- Removal effects: where walks from the start end up, by steps of all walks at once.
create or replace temp table effects as
with recursive steps as (
    select opportunity_id as path, true as is_converted, channel, touched_at, touch_id from matched where is_creditable
    union all
    select person_id, false, channel, touched_at, touch_id
    from (select *, min(touched_at) over (partition by person_id) as first_at from hand.fct_touches)
    where person_id not in (select person_id from deals where person_id is not null)
        and not is_repeat and touched_at <= first_at + interval 180 day and first_at + interval 180 day < end_of_as_of()
),
placed as (
    select *, lag(channel) over walk as before, lead(channel) over walk as after
    from steps window walk as (partition by path order by touched_at, touch_id)
),
moves as (
    select coalesce(before, '(start)') as a, channel as b from placed
    union all
    select channel, if(is_converted, '(conversion)', '(null)') from placed where after is null
),
shares as (select a, b, count(*) / sum(count(*)) over (partition by a) as p from moves group by a, b),
cases as (select distinct b as gone from shares where b not like '(%' union all select ''),
walks as (
    select 0 as step, gone, '(start)' as state, 1.0::double as p from cases
    union all
    select w.step + 1, w.gone, s.b, sum(w.p * s.p)
    from walks as w inner join shares as s on w.state = s.a and s.b != w.gone and s.b != '(null)'
    where w.step < 200 group by w.step, w.gone, s.b having sum(w.p * s.p) > 1e-18
),
ended as (select gone, sum(p) as p from walks where state = '(conversion)' group by gone)
select w.gone as channel, 1 - w.p / (select p from ended where gone = '') as effect from ended as w where gone != '';

create or replace table hand.fct_attribution_credits as
with placed as (
    select
        m.*, coalesce(e.effect, 0)::decimal(18, 12) as effect,
        row_number() over (partition by opportunity_id order by touched_at, touch_id) as position,
        count(*) over (partition by opportunity_id) as n
    from matched as m left join effects as e using (channel) where is_creditable
),
measured as (
    select
        *, sum(effect) over whole as total,
        coalesce(max(case when channel != 'direct' then position end) over whole, n) as last_position
    from placed window whole as (partition by opportunity_id)
),
weighted as (
    select opportunity_id, touch_id, channel, position, unnest([
        {'model': 'first_touch', 'w': if(position = 1, 1, null)},
        {'model': 'last_non_direct', 'w': if(position = last_position, 1, null)},
        {'model': 'position_based', 'w': case when n <= 2 then 1 / n when position in (1, n) then 0.4 else 0.2 / (n - 2) end},
        {'model': 'linear', 'w': 1 / n},
        {'model': 'data_driven', 'w': if(total > 0, (effect / total)::double, 1 / n)}
    ]) as c
    from measured
),
shares as (
    select opportunity_id, c.model as attribution_model, touch_id, channel, position, c.w::decimal(18, 12) as credit
    from weighted where c.w > 0
    union all
    select opportunity_id, model, null, 'unattributed', 1, 1
    from deals anti join placed using (opportunity_id),
        (select unnest(['first_touch', 'last_non_direct', 'position_based', 'linear', 'data_driven']) as model)
),
settled as (
    select
        *, row_number() over whole = 1 as takes_rest, sum(credit) over (partition by opportunity_id, attribution_model) as given
    from shares window whole as (partition by opportunity_id, attribution_model order by position)
),
valued as (
    select
        s.* replace ((credit + if(takes_rest, 1 - given, 0))::decimal(18, 12) as credit),
        o.amount, o.is_won, o.created_date, o.closed_date
    from settled as s inner join hand.fct_opportunities as o using (opportunity_id)
),
rounded as (select *, (amount::decimal(24, 2) * credit::decimal(14, 12))::decimal(18, 2) as part from valued)
select
    opportunity_id, attribution_model, touch_id, position, channel, credit, is_won, created_date, closed_date,
    (part + if(takes_rest, amount - sum(part) over (partition by opportunity_id, attribution_model), 0))::decimal(18, 2)
        as credited_amount
from rounded;
