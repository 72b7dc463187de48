-- A row means that the contract in force has no stages, so that the funnel would be empty without a word.
-- There is no threshold: one contract with stages is needed. Marketing and sales act.
select
    count(*) as n_stages,
    count(*) filter (where kind = 'won') as n_won_stages
from {{ ref('int_stages_agreed') }}
having count(*) = 0 or count(*) filter (where kind = 'won') = 0
