with

attendances as (

    {{ union_inputs('attendances', {
        'source': 'varchar', 'seminar_id': 'varchar', 'source_person_id': 'varchar',
        'has_attended': 'boolean', 'registered_at': 'timestamp', 'seminar_date': 'date',
        'follow_up_date': 'date'
    }) }}

),

ids as (

    select * from {{ ref('int_ids_resolved') }}
    where entity_type = 'person'

),

people as (

    select * from {{ ref('int_people_identified') }}

),

known_people as (

    select * from {{ ref('dim_people') }}

),

business_days as (

    select
        date_day,
        count(*) filter (where is_business_day) over (order by date_day) as business_day_number
    from {{ ref('dim_dates') }}

),

measured as (

    select
        attendances.source || ':' || attendances.seminar_id as seminar_key,
        attendances.seminar_id,
        people.person_id,
        attendances.has_attended,
        attendances.registered_at,
        attendances.seminar_date,
        case when attendances.follow_up_date <= {{ as_of() }} then attendances.follow_up_date end as follow_up_date,
        followed.business_day_number - held.business_day_number as business_days_to_follow_up,
        today.business_day_number - held.business_day_number as business_days_since
    from attendances
    left join ids on attendances.source = ids.source and attendances.source_person_id = ids.source_id
    inner join people
        on
            attendances.source = people.source
            and coalesce(ids.surviving_source_id, attendances.source_person_id) = people.source_person_id
    left join business_days as held on attendances.seminar_date = held.date_day
    left join business_days as followed on attendances.follow_up_date = followed.date_day
    left join business_days as today on today.date_day = {{ as_of() }}
    where attendances.seminar_date <= {{ as_of() }}

)

select
    {{ pseudonymise("measured.seminar_key || ':' || measured.person_id") }} as attendance_id,
    measured.seminar_id,
    measured.person_id,
    coalesce(known_people.channel, 'seminar') as channel,
    measured.has_attended,
    measured.registered_at,
    measured.seminar_date,
    measured.follow_up_date,
    coalesce(
        measured.follow_up_date is not null and measured.business_days_to_follow_up between 0 and {{ var('follow_up_business_days') }},
        false
    ) as is_followed_up,
    measured.business_days_since >= {{ var('follow_up_business_days') }} as is_follow_up_due,
    known_people.segment,
    known_people.region,
    known_people.owner_id
from measured
left join known_people on measured.person_id = known_people.person_id
qualify row_number() over (partition by measured.seminar_key, measured.person_id order by measured.registered_at) = 1
