-- One row per person, with whether what describes the person changed since the last build.

with

people as (

    select
        people.person_id,
        hash(people) as digest
    from {{ ref('dim_people') }} as people

),

compared as (

    {{ compared_with_last_build('people', 'person_id', 'digest') }}

)

select * from compared
