{% macro timeout_sources() %}
    {#- The sources whose events without a session key are cut into sessions by the time between them;
        their option `session_rule` says so. -#}
    {%- set names = [] -%}
    {%- for source_name, inputs in var('sources').items() if 'web_events' in inputs -%}
        {%- if source_option(source_name, 'session_rule') | trim == 'timeout' -%}
            {%- do names.append(source_name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(names) -%}
{% endmacro %}

{% macro key_event_names() -%}
    {#- Events that count as a conversion of a session, as a list of texts. -#}
    '{{ var('key_events', ['generate_lead', 'purchase']) | join("', '") }}'
{%- endmacro %}

{% macro lookback(name, days) -%}
    {#- The interval of a variable in days: how far back from a moment touches count. -#}
    interval ({{ var(name, days) }}) day
{%- endmacro %}

{% macro attribution_lookback() -%}
    {#- How long before an opportunity its touches count for credit and for sourcing. -#}
    {{ lookback('attribution_lookback_days', 180) }}
{%- endmacro %}

{% macro influence_window() -%}
    {#- How long before an opportunity its influence begins; it ends at the milestone. -#}
    {{ lookback('influence_window_days', 180) }}
{%- endmacro %}

{% macro end_of_known_time(utc_time) -%}
    {#- A time in UTC, or where it is midnight in the business time zone, as dates without a time
        are, the end of that day: what happened on the day happened before. -#}
    case
        when {{ utc_time }} = {{ to_utc("cast(" ~ to_local_date(utc_time) ~ " as timestamp)") }}
            then {{ utc_time }} + interval 1 day - interval 1 microsecond
        else {{ utc_time }}
    end
{%- endmacro %}

{% macro meets_channel_rule(rules, traffic) -%}
    {#- Whether traffic meets a row of the seed `channel_rules`: each pattern that the row has matches
        the whole text, capital letters making no difference. -#}
    {%- for field in ['traffic_source', 'traffic_medium', 'campaign'] %}
    {{ "and " if not loop.first }}(
        {{ rules }}.{{ field }}_pattern is null
        or coalesce(regexp_full_match(lower({{ traffic }}.{{ field }}), {{ rules }}.{{ field }}_pattern), false)
    )
    {%- endfor %}
{%- endmacro %}

{% macro attribution_weights() %}
    {#- The attribution models, each with the share of an opportunity that a touch has by it, as an
        expression over position, touch_count, last_non_direct_position, effect and total_effect. -#}
    {%- do return({
        'first_touch': 'case when position = 1 then 1 end',
        'last_non_direct': 'case when position = last_non_direct_position then 1 end',
        'position_based': 'case when touch_count <= 2 then 1 / touch_count '
            ~ 'when position in (1, touch_count) then 0.4 else 0.2 / (touch_count - 2) end',
        'linear': '1 / touch_count',
        'data_driven': 'case when total_effect > 0 then effect / total_effect else 1 / touch_count end'
    }) -%}
{% endmacro %}
