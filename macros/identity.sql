{% macro identity_match_threshold() -%}
    {#- From which probability on two records without a shared key are one person; 0 is never. -#}
    {{ var('identity_match_threshold', 0) or 0 }}
{%- endmacro %}

{% macro is_role_mailbox(email) -%}
    {#- Whether several people read an address: seeds/role_mailboxes.csv lists what stands before
        the @, or the whole address. -#}
    coalesce(
        {{ email }} in (select mailbox from {{ ref('role_mailboxes') }})
        or split_part(split_part({{ email }}, '@', 1), '+', 1) in (select mailbox from {{ ref('role_mailboxes') }}),
        false
    )
{%- endmacro %}

{% macro normalise_person_name(x) -%}
    {#- A person's name as a key for matching: lower, variants of one character folded (髙 and 高).
        Names with kanji or kana lose blanks; of others the words are sorted, so that it does not
        matter which name comes first. -#}
    list_transform([lower(translate(
        {{ clean_text(x) }}, '髙﨑德瀨增寬淸曻濵濱嵜靑黑邊邉齋齊斎澤櫻廣國眞嶋', '高崎徳瀬増寛清昇浜浜崎青黒辺辺斉斉斉沢桜広国真島'
    ))], lambda v: case
        when regexp_matches(v, '[\p{Han}\p{Hiragana}\p{Katakana}]') then regexp_replace(v, '[\s・]', '', 'g')
        else nullif(array_to_string(list_sort(regexp_extract_all(v, '[\p{L}\d]+')), ' '), '')
    end)[1]
{%- endmacro %}

{% macro account_of(record, accounts) -%}
    {#- The account that a record names: by the account's own record, else a stable id of its own. -#}
    coalesce({{ accounts }}.account_id, {{ pseudonymise(record ~ ".source || ':account:' || " ~ record ~ ".source_account_id") }})
{%- endmacro %}
