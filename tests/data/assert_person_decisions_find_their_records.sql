{{ config(severity='warn') }}

-- A decision in seeds/person_overrides.csv that names a record which no source has (any more). It does
-- nothing, so it only warns: a record may have been deleted, or the id mistyped. Whoever decided looks.

with

found as (

    select count(*) as decisions
    from {{ ref('int_people_decided') }}

),

written as (

    select count(*) as decisions
    from {{ ref('person_overrides') }}

)

select
    written.decisions as decisions_written,
    found.decisions as decisions_found
from written
cross join found
where found.decisions < written.decisions
