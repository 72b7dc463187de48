-- One row per person with signals, with whether those changed since the last build.

with

people as (

    select
        signals.person_id,
        sum(cast(hash(signals) as hugeint)) as digest
    from {{ ref('int_signals_identified') }} as signals
    group by signals.person_id

),

compared as (

    {{ compared_with_last_build('people', 'person_id', 'digest') }}

)

select * from compared
