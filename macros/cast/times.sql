{% macro parse_local_timestamp(x, order='ymd', excel_dates='none') -%}
    {#- A wall-clock TIMESTAMP from a date (see parse_date) and a time: 9:30, 09:30:15.25, 9:30 AM,
        午後3時30分, 25:30 (next day); midnight without a time. Null for text that names its zone: it
        is an instant, see parse_timestamp. -#}
    case
        when regexp_full_match({{ x }}, '{{ plain_timestamp() }}') then try_cast({{ iso_text(x) }} as timestamp)
        else list_transform([{{ moment(x, order, excel_dates) }}], lambda moment_: case when moment_['zone'] = '' then moment_['wall'] end)[1]
    end
{%- endmacro %}

{% macro parse_timestamp(x, timezone=var('business_timezone'), order='ymd', excel_dates='none') -%}
    {#- A TIMESTAMP in UTC: of text that names its zone (Z, GMT, JST, +0900, +09:00), of milliseconds
        since 1970, and of wall-clock text (see parse_local_timestamp) in the given time zone. -#}
    case
        when regexp_full_match({{ x }}, '{{ plain_timestamp() }}') then {{ to_utc("try_cast(" ~ iso_text(x) ~ " as timestamp)", timezone) }}
        when regexp_full_match({{ x }}, '{{ plain_timestamp() }}(?:Z|[-+](?:0\d|1[0-4]):?[0-5]\d)') then timezone('UTC', try_cast({{ iso_text(x) }} as timestamptz))
        when regexp_full_match({{ x }}, '\d{13}') then make_timestamp(try_cast({{ x }} as bigint) * 1000)
        else list_transform([{{ moment(x, order, excel_dates) }}], lambda moment_: case
            when moment_['zone'] = '' then {{ to_utc("moment_['wall']", timezone) }}
            else moment_['wall'] - {{ zone_offset("moment_['zone']") }}
        end)[1]
    end
{%- endmacro %}

{% macro plain_timestamp() -%}
    {#- Pattern of the timestamps that DuckDB reads as iso_text, ten times as fast as the rest. -#}
    {{ plain_date() }}(?:[ T](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.]\d{1,6})?)?)?
{%- endmacro %}

{% macro plain_date() -%}
    \d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?
{%- endmacro %}

{% macro iso_text(x) -%}
    {#- 2024/4/1 and 2024年4月1日 with hyphens between. -#}
    replace(replace(replace(replace({{ x }}, '/', '-'), '年', '-'), '月', '-'), '日', '')
{%- endmacro %}

{% macro moment(x, order, excel_dates) -%}
    {#- STRUCT(wall TIMESTAMP, zone VARCHAR) of a date with or without a time, as written; the wall
        clock is null when the text is none, the zone is blank when it names none. -#}
    {%- if order not in ('ymd', 'yymd', 'mdy', 'dmy') or excel_dates | string not in ('none', '1900', '1904') -%}
        {{ exceptions.raise_compiler_error("no order of dates '" ~ order ~ "' or no Excel dates '" ~ excel_dates ~ "'") }}
    {%- endif -%}
    list_transform([case when not regexp_matches({{ x }}, '\p{No}') then {{ clean_text(x) }} end], lambda text_: case
        when text_ is null then null
        {%- if excel_dates != 'none' %}
        when regexp_full_match(text_, '[2-7]\d{4}(?:[.]\d+)?') then {'wall': {{ excel_time('text_', excel_dates) }}, 'zone': ''}
        {%- endif %}
        else list_transform([regexp_extract(
            text_, '(?s)^(?:(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*,?\s+)?({{ date_pattern(order) }})(?:\s*\([月火水木金土日](?:曜日?)?(?:[・、]?祝)?\)|\s*[月火水木金土日]曜日?)?(.*)$',
            ['date_text', 'time_text']
        )], lambda split_: list_transform([{{ time_parts("split_['time_text']") }}], lambda parts_: {
            'wall': {{ day_of("split_['date_text']", order) }} + {{ time_of('parts_', "split_['time_text']") }},
            'zone': parts_['zone']
        })[1])[1]
    end)[1]
{%- endmacro %}

{% macro time_parts(t) -%}
    {#- Half of the day, hour, minute, second, fraction and zone of the text after a date. -#}
    regexp_extract(
        regexp_replace(regexp_replace(
            {{ t }}, '(\d{1,2})時\s*(?:(\d{1,2})分)?\s*(?:(\d{1,2})秒)?', '\1:0\2:0\3'
        ), '^([T_\s]?)(\d{2})(\d{2})(\d{2})', '\1\2:\3:\4'),
        '^[T_,\s]*(午前|午後|[AaPp][.]?[Mm][.]?)?\s*(\d{1,2}):(\d{1,3})(?::(\d{1,3})(?:[.,](\d{1,9}))?)?\s*([AaPp][.]?[Mm][.]?)?\s*(?:\(?(Z|(?:UTC|GMT)?[-+](?:1[0-4]|0?\d)(?::?[0-5]\d)?|UTC|GMT|JST)\)?(?:\s*[\[(][^\])]*[\])])?)?$',
        ['half', 'hours', 'minutes', 'seconds', 'fraction', 'half_after', 'zone']
    )
{%- endmacro %}

{% macro time_of(p, t) -%}
    {#- INTERVAL since midnight of what time_parts found, nothing for blank text, null for what is
        no time. Hours run to 30:00, as timetables and late-night events count. -#}
    case
        when trim({{ t }}, e' \t\r\n') = '' then to_microseconds(0)
        when {{ p }}['half'] <> '' and {{ p }}['half_after'] <> '' then null
        else list_transform([{
            'half': lower(left(replace({{ p }}['half'] || {{ p }}['half_after'], '.', ''), 2)),
            'h': try_cast({{ p }}['hours'] as bigint), 'm': try_cast({{ p }}['minutes'] as bigint),
            's': coalesce(try_cast({{ p }}['seconds'] as bigint), 0),
            'us': coalesce(try_cast(left(rpad({{ p }}['fraction'], 6, '0'), 6) as bigint), 0)
        }], lambda clock_: case
            when clock_['m'] > 59 or clock_['s'] > 59 or clock_['h'] > if(clock_['half'] = '', 30, 12) or (clock_['h'] = 30 and clock_['m'] + clock_['s'] + clock_['us'] > 0) then null
            else to_microseconds((((
                if(clock_['half'] = '', clock_['h'], clock_['h'] % 12 + if(clock_['half'] in ('pm', '午後'), 12, 0)) * 60 + clock_['m']) * 60 + clock_['s']) * 1000000) + clock_['us'])
        end)[1]
    end
{%- endmacro %}

{% macro zone_offset(zone) -%}
    {#- INTERVAL by which a zone's wall clock is ahead of UTC: Z, GMT, JST, +0900, UTC-5, +09:00. -#}
    list_transform([regexp_extract({{ zone }}, '([-+])(\d{1,2}):?(\d{2})?$', ['sign', 'hours', 'minutes'])], lambda zone_:
        case
            when {{ zone }} = 'JST' then to_minutes(540)
            when zone_['sign'] = '' then to_minutes(0)
            else to_minutes(if(zone_['sign'] = '-', -1, 1) * (
                cast(zone_['hours'] as bigint) * 60 + coalesce(try_cast(zone_['minutes'] as bigint), 0)))
        end)[1]
{%- endmacro %}

{% macro excel_time(serial, system) -%}
    {#- TIMESTAMP of a spreadsheet's day number, to the second. Day 1 of the 1900 system is
        1900-01-01, and it counts a 29th of February that 1900 did not have. -#}
    timestamp '{{ "1904-01-01" if system | string == "1904" else "1899-12-30" }}'
        + to_seconds(cast(round(cast({{ serial }} as double) * 86400) as bigint))
{%- endmacro %}
