{% macro parse_local_timestamp(x, order='ymd', excel_dates='none') -%}
    {#- A wall-clock TIMESTAMP from a date (see parse_date) and a time: 9:30, 09:30:15.25, 9:30 AM,
        午後3時30分, 25:30 (next day); midnight without a time. Null for text that names its zone: it
        is an instant, see parse_timestamp. -#}
    case when {{ x }} is not null then coalesce(
        {{ frequent_wall(x, order) }},
        list_transform({{ moment(x, order, excel_dates) }}, lambda moment_: case when moment_['zone'] = '' then moment_['wall'] end)[1]
    ) end
{%- endmacro %}

{% macro parse_timestamp(x, timezone=var('business_timezone'), order='ymd', excel_dates='none') -%}
    {#- A TIMESTAMP in UTC: of text that names its zone (Z, GMT, JST, +0900, +09:00), of milliseconds
        since 1970, and of wall-clock text (see parse_local_timestamp) in the given time zone. -#}
    case when {{ x }} is not null then coalesce(
        {{ frequent_instant(x) }},
        {{ frequent_wall_to_utc(frequent_wall(x, order), timezone) }},
        case when strlen({{ x }}) = 13 and regexp_full_match({{ x }}, '[12]\d{12}') then make_timestamp(try_cast({{ x }} as bigint) * 1000) end,
        list_transform({{ moment(x, order, excel_dates) }}, lambda moment_: case
            when moment_['zone'] = '' then {{ to_utc("moment_['wall']", timezone) }}
            else moment_['wall'] - {{ zone_offset("moment_['zone']") }}
        end)[1]
    ) end
{%- endmacro %}

{% macro moment(x, order, excel_dates) -%}
    {#- [STRUCT(wall TIMESTAMP, zone VARCHAR)] of a date with or without a time, as written; the wall
        clock is null when the text is none, the zone is blank when it names none. One step feeds the
        next, for lambdas within lambdas take DuckDB twice as long to plan at each level. 13:00-14:00
        is a span of time, not a time in a zone: an offset west of Greenwich follows seconds or a T. -#}
    {%- if order not in ('ymd', 'yymd', 'mdy', 'dmy') or excel_dates | string not in ('none', '1900', '1904') -%}
        {{ exceptions.raise_compiler_error("no order of dates '" ~ order ~ "' or no Excel dates '" ~ excel_dates ~ "'") }}
    {%- endif -%}
    list_transform(list_transform(list_transform(list_transform(
        [case when not regexp_matches({{ x }}, '\p{No}') then {{ clean_text(x) }} end],
        lambda text_: {
            'serial': {% if excel_dates == 'none' %}null{% else %}case
                when regexp_full_match(text_, '[2-7]\d{4}(?:[.]\d+)?') then {{ excel_time('text_', excel_dates) }}
            end{% endif %},
            'parts': regexp_extract(text_, '{{ moment_pattern(order) }}', ['date_text', 'after_day', 'after_weekday', 'apart'])
        }
    ), lambda split_: {
        'serial': split_['serial'],
        'date_text': split_['parts']['date_text'],
        'era': {{ era_parts("split_['parts']['date_text']") }},
        'time_text': concat(split_['parts']['after_day'], split_['parts']['after_weekday'], split_['parts']['apart'])
    }), lambda day_: {
        'serial': day_['serial'],
        'day': {{ day_of("day_['date_text']", "day_['era']", order) }},
        'is_day': trim(day_['time_text'], e' \t\r\n') = '',
        'is_span': regexp_full_match(day_['time_text'], '[^T:]*\d:\d\d\s*-\s*\d{1,2}(?::\d\d)?'),
        'time': {{ time_parts("day_['time_text']") }}
    }), lambda parts_: {
        'wall': coalesce(parts_['serial'], parts_['day'] + case
            when parts_['is_day'] then to_microseconds(0)
            when not parts_['is_span'] then {{ time_of("parts_['time']") }}
        end),
        'zone': parts_['time']['zone']
    })
{%- endmacro %}

{% macro moment_pattern(order) -%}
    {#- Pattern of a date, perhaps its day of the week, and whatever follows: no digit next to the
        day's own, for 2024-4-112:30 may be the 1st or the 11th. -#}
    (?s)^(?:(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*,?\s+)?({{ date_pattern(order) }})
    {#- -#}(?:\s*日(?:{{ weekday_pattern() }})?(.*)|{{ weekday_pattern() }}(.*)|(\D.*)?)$
{%- endmacro %}

{% macro weekday_pattern() -%}
    (?:\s*\([月火水木金土日](?:曜日?)?(?:[・、]?祝)?\)|\s*[月火水木金土日]曜日?)
{%- endmacro %}

{% macro time_parts(t) -%}
    {#- Half of the day, hour, minute, second, fraction and zone of the text after a date; h0 marks what
        follows 時, where it may be missing. -#}
    regexp_extract(
        regexp_replace(regexp_replace(
            {{ t }}, '(\d{1,2})時\s*(?:(\d{1,2})分)?\s*(?:(\d{1,2})秒)?', '\1:h0\2:h0\3'
        ), '^([T_\s]?)(\d{2})(\d{2})(\d{2})', '\1\2:\3:\4'),
        '^[T_,\s]*(午前|午後|[AaPp][.]?[Mm][.]?)?\s*(\d{1,2}):(h0|(?:h0)?[0-5]?\d)(?::(h0|(?:h0)?[0-5]?\d)(?:[.,](\d{1,9}))?)?\s*([AaPp][.]?[Mm][.]?)?\s*(?:\(?{{ zone_pattern() }}\)?(?:\s*[\[(][^\])]*[\])])?)?$',
        ['half', 'hours', 'minutes', 'seconds', 'fraction', 'half_after', 'zone']
    )
{%- endmacro %}

{% macro zone_pattern() -%}
    (Z|(?:UTC|GMT)?[-+](?:1[0-4]|0?\d)(?::?[0-5]\d)?|UTC|GMT|JST)
{%- endmacro %}

{% macro time_of(p) -%}
    {#- INTERVAL since midnight of what time_parts found, null for what is no time. Hours run to
        30:00, as timetables and late-night events count; 12 AM is 0:00 and 12 PM is noon. -#}
    case
        when {{ p }}['hours'] = '' or ({{ p }}['half'] <> '' and {{ p }}['half_after'] <> '') then null
        when {{ p }}['half'] = '' and {{ p }}['half_after'] = '' then case
            when {{ p }}['hours'] < '30' or length({{ p }}['hours']) = 1 then to_hours(try_cast({{ p }}['hours'] as bigint))
            when regexp_full_match(concat({{ p }}['hours'], {{ p }}['minutes'], {{ p }}['seconds'], {{ p }}['fraction']), '30[0h]*') then to_hours(30)
        end
        when try_cast({{ p }}['hours'] as bigint) <= 12 then to_hours(
            try_cast({{ p }}['hours'] as bigint) % 12
            + if(regexp_matches({{ p }}['half'] || {{ p }}['half_after'], '後|[Pp]'), 12, 0))
    end
    + to_minutes(try_cast(ltrim({{ p }}['minutes'], 'h') as bigint))
    + to_microseconds(try_cast(rpad(right('0' || ltrim({{ p }}['seconds'], 'h'), 2) || left({{ p }}['fraction'], 6), 8, '0') as bigint))
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
