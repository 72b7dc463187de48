-- One row per person whose rejection has a reason in a source, as it may be published: people type into such
-- fields, so a text that fewer than three people have in common is `other`, and none of it is shown.

with

people as (

    select
        person_id,
        arg_min(trim(rejection_reason), (coalesce(created_at, timestamp '9999-01-01'), source, source_person_id)) as reason
    from {{ ref('int_people_identified') }}
    where trim(rejection_reason) != ''
    group by person_id

)

select
    person_id,
    case
        when count(*) over same_reason >= 3 then {{ label_or_mask('min(reason) over same_reason') }}
        else 'other'
    end as rejection_reason
from people
window same_reason as (partition by lower(reason))
