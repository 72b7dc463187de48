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
