{{ config(severity='warn') }}

-- A threshold for matching people is set, but there was too little to learn from: nobody was matched, and
-- the note says why. Only a warning: persons are those of shared keys, as without a threshold. Whoever set
-- identity_match_threshold waits for more records or sets it to 0.

select note
from {{ ref('int_people_weights_learned') }}
where not is_usable
