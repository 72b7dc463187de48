{% macro campaign_key(campaign_id, account, campaign) -%}
    {#- The platform's id of a campaign where the report has it whole; else its name, within its
        account where one is known. A spreadsheet's 1.2021E+17 is no id: it stands for many. -#}
    coalesce(
        case when regexp_full_match({{ clean_text(campaign_id) }}, '[0-9]+') then {{ clean_text(campaign_id) }} end,
        concat_ws(': ', {{ account }}, {{ no_placeholder(campaign) }})
    )
{%- endmacro %}

{% macro ad_account(account, source_name) -%}
    {#- The account that a report names, or the folder that it lies in below the source's own; null
        where neither says. -#}
    nullif(regexp_replace({{ no_placeholder(account) }}, '^{{ source_name }}(/|$)', ''), '')
{%- endmacro %}

{% macro newest_report(relation, keys, texts) -%}
    {#- Rows of a staging CTE without those that a later report restates in other writing: raw replaces a
        window by its text, and 2026-09-01, 2026/09/01 and 9/1/2026 are one day. `keys` are the typed
        columns of the window, the day last; `texts` the same as written. -#}
    select * from {{ relation }}
    qualify
        {{ keys | last }} is null
        or max(_load_seq) over (partition by {{ (keys + texts) | join(', ') }})
        = max(_load_seq) over (partition by {{ keys | join(', ') }})
{%- endmacro %}
