{% macro parse_date(x, order='ymd', excel_dates='none') -%}
    {#- A DATE, as written (a time zone does not move it): 2024-04-01, 2024/4/1, 20240401,
        2024年4月1日(月), 令和6年4月1日, R6.4.1, Mar 22, 2025; a time may follow, 25:30 is the next day.
        `order` ymd knows dates that begin with a year of four digits; yymd also 24/04/01, mdy also
        4/1/2024, dmy also 1/4/2024. `excel_dates` 1900 or 1904 takes serials: 45383. -#}
    case when {{ x }} is not null then cast(coalesce(
        {{ frequent_wall(x, order) }},
        {{ frequent_instant(x, as_utc=false) }},
        {{ moment(x, order, excel_dates) }}[1]['wall']
    ) as date) end
{%- endmacro %}

{% macro date_pattern(order) -%}
    {#- Pattern of a whole date in one of the forms that day_of reads. -#}
    [1-9]\d{3}{{ month_and_day() }}|(?:1[89]|2[01])\d{6}|
    {#- -#}(?:明治|大正|昭和|平成|令和|[MTSHRmtshr])[.]?\s*(?:\d{1,2}|元){{ month_and_day() }}|
    {#- -#}{{ month_pattern() }}[.]?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|
    {#- -#}\d{1,2}(?:st|nd|rd|th)?[-\s]+{{ month_pattern() }}[.]?[-\s,]+\d{4}
    {%- if order == 'yymd' -%} |\d{2}[-/.]\d{1,2}[-/.]\d{1,2}
    {%- elif order != 'ymd' -%} |\d{1,2}[-/.]\d{1,2}[-/.](?:[1-9]\d{3}|\d{2})
    {%- endif -%}
{%- endmacro %}

{% macro month_and_day() -%}
    {#- What follows a year, with the same sign twice: 2024-4/1 may be a range. -#}
    (?:\s*-\s*\d{1,2}\s*-\s*\d{1,2}|\s*/\s*\d{1,2}\s*/\s*\d{1,2}|\s*[.]\s*\d{1,2}\s*[.]\s*\d{1,2}|\s*年\s*\d{1,2}\s*月\s*\d{1,2})
{%- endmacro %}

{% macro month_pattern() -%}
    (?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?|[Aa]ug(?:ust)?|[Ss]ept?(?:ember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)
{%- endmacro %}

{% macro day_of(d, era, order) -%}
    {#- The DATE of a text that date_pattern matches in full, with its era_parts; null where there is
        no such day. -#}
    case
        when {{ era }} is not null then {{ day_of_era(era) }}
        when regexp_matches({{ d }}, '[A-Za-z]{3}') then cast(try_strptime(
            regexp_replace(regexp_replace(
                {{ d }}, '^([A-Za-z]{3})[a-z]*[.]?\s+(\d+)[a-z]*,?\s+(\d{4})$', '\3-\1-\2'
            ), '^(\d+)(?:st|nd|rd|th)?[-\s]+([A-Za-z]{3})[a-z]*[.]?[-\s,]+(\d{4})$', '\3-\2-\1'), '%Y-%b-%d'
        ) as date)
        else try_cast({{ iso_day(d, order) }} as date)
    end
{%- endmacro %}

{% macro iso_day(d, order) -%}
    {#- A numeric date with its year first, between hyphens. Two digits are 1970 to 2069. -#}
    {%- if order != 'ymd' -%} regexp_replace(regexp_replace({{ 'regexp_replace(' if order != 'yymd' }} {%- endif -%}
    regexp_replace(regexp_replace(
        {{ d }}, '^(\d{4})(\d{2})(\d{2})$', '\1-\2-\3'
    ), '^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?$', '\1-\2-\3')
    {%- if order == 'yymd' -%}
        , '^([0-6]\d)[-/.](\d{1,2})[-/.](\d{1,2})$', '20\1-\2-\3')
        , '^([7-9]\d)[-/.](\d{1,2})[-/.](\d{1,2})$', '19\1-\2-\3')
    {%- elif order == 'mdy' -%}
        , '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$', '\3-\1-\2')
        , '^(\d{1,2})[-/.](\d{1,2})[-/.]([0-6]\d)$', '20\3-\1-\2')
        , '^(\d{1,2})[-/.](\d{1,2})[-/.]([7-9]\d)$', '19\3-\1-\2')
    {%- elif order == 'dmy' -%}
        , '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$', '\3-\2-\1')
        , '^(\d{1,2})[-/.](\d{1,2})[-/.]([0-6]\d)$', '20\3-\2-\1')
        , '^(\d{1,2})[-/.](\d{1,2})[-/.]([7-9]\d)$', '19\3-\2-\1')
    {%- endif -%}
{%- endmacro %}

{% macro era_parts(d) -%}
    {#- Era, years, months and days of a date that begins with an era, else null. -#}
    case when regexp_matches({{ d }}, '^(?:[^\d]{2}|[MTSHRmtshr])[.]?\s*(?:\d|元)') then regexp_extract(
        {{ d }}, '^([^\d.\s元]+)[.]?\s*(\d{1,2}|元)\D+(\d{1,2})\D+(\d{1,2})\D*$', ['era', 'years', 'months', 'days']
    ) end
{%- endmacro %}

{% macro day_of_era(e) -%}
    {#- The DATE of era_parts, null beyond the era's days: 令和 begins on 2019-05-01. Before 1873 Japan
        counted by the moon, so 明治 begins there. -#}
    {%- set place -%} list_position(['明治', '大正', '昭和', '平成', '令和', 'M', 'T', 'S', 'H', 'R'], upper({{ e }}['era'])) {%- endset -%}
    {%- set day -%} try_cast(concat_ws('-',
        [1867, 1911, 1925, 1988, 2018, 1867, 1911, 1925, 1988, 2018][{{ place }}] + if({{ e }}['years'] = '元', 1, try_cast({{ e }}['years'] as integer)),
        {{ e }}['months'], {{ e }}['days']) as date) {%- endset -%}
    case when {{ day }} between
        ['1873-01-01'::date, '1912-07-30', '1926-12-25', '1989-01-08', '2019-05-01'][({{ place }} - 1) % 5 + 1]
        and ['1912-07-30'::date, '1926-12-25', '1989-01-07', '2019-04-30', '9999-12-31'][({{ place }} - 1) % 5 + 1]
    then {{ day }} end
{%- endmacro %}
