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
