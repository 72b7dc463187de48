{#- The forms that most exports write, read without a regular expression: LIKE tells the form, and
    strptime reads that one form, together at two to three times the cost of strptime alone. Text of
    another form is null here, and the caller looks closer. A strptime that fails costs as much as
    twenty that do not, so none is tried in vain. Years before 1952 are left to that
    look too: Japan had summer time until then, and a year like 0024 is a slip. -#}

{% macro frequent_wall(x, order) -%}
    {#- A wall-clock TIMESTAMP of text that names no zone. -#}
    {%- set day_first = {'mdy': '%m/%d/%Y', 'dmy': '%d/%m/%Y'}.get(order) -%}
    case
        when {{ x }} like '____-%' and {{ x }} > '1952' then {{ first_form(x, [
            ('____-__-__ __:__:__', '%Y-%m-%d %H:%M:%S'), ('____-__-__', '%Y-%m-%d'),
            ('____-__-__T__:__:__', '%Y-%m-%dT%H:%M:%S'), ('____-__-__ __:__', '%Y-%m-%d %H:%M'),
            ('____-__-__ __:__:__.%', '%Y-%m-%d %H:%M:%S.%f'), ('____-%-_', '%Y-%m-%d'), ('____-_-__', '%Y-%m-%d')
        ]) }}
        when {{ x }} like '____/%' and {{ x }} > '1952' then {{ first_form(x, [
            ('____/%/% %:__:__', '%Y/%m/%d %H:%M:%S'), ('____/%/% %:__', '%Y/%m/%d %H:%M'),
            ('____/%/__', '%Y/%m/%d'), ('____/%/_', '%Y/%m/%d')
        ]) }}
        when {{ x }} like '____年%' and {{ x }} > '1952' then {{ first_form(x, [
            ('____年%月%日', '%Y年%m月%d日'), ('____年%月%日 %時%分', '%Y年%m月%d日 %H時%M分'),
            ('____年%月%日 %:__', '%Y年%m月%d日 %H:%M')
        ]) }}
        {%- for era, shape, format, years, days in [
            ('令和', '%年%月%日', '%y年%m月%d日', 18, "'2019-05-01' and '2086-12-31'"),
            ('R', '%.%.%', '%y.%m.%d', 18, "'2019-05-01' and '2086-12-31'"),
            ('平成', '%年%月%日', '%y年%m月%d日', -12, "'1989-01-08' and '2019-04-30'"),
            ('H', '%.%.%', '%y.%m.%d', -12, "'1989-01-08' and '2019-04-30'")
        ] %}
        when {{ x }} like '{{ era ~ shape }}' then {{ frequent_era("try_strptime(" ~ x ~ ", '" ~ era ~ format ~ "')", years, days) }}
        {%- endfor %}
        {%- if day_first %}
        when {{ x }} like '%/%/2___%' then {{ first_form(x, [
            ('%/%/____ %:__:__ _M', day_first ~ ' %I:%M:%S %p'), ('%/%/____ %:__ _M', day_first ~ ' %I:%M %p'),
            ('%/%/____', day_first), ('%/%/____ %:__:__', day_first ~ ' %H:%M:%S'), ('%/%/____ %:__', day_first ~ ' %H:%M')
        ]) }}
        {%- endif %}
        when {{ x }} between '1952' and '22' then case strlen({{ x }})
            when 8 then try_strptime({{ x }}, '%Y%m%d')
            when 14 then try_strptime({{ x }}, '%Y%m%d%H%M%S')
        end
    end
{%- endmacro %}

{% macro first_form(x, forms) -%}
    case
        {%- for shape, format in forms %}
        when {{ x }} like '{{ shape }}' then try_strptime({{ x }}, '{{ format }}')
        {%- endfor %}
    end
{%- endmacro %}

{% macro frequent_era(in_this_century, years, days) -%}
    {#- strptime reads the era's year as one of this century; the day of a leap year that the shift
        does not hit is left to the closer look, as are the era's first year and those beyond it. -#}
    case when day({{ in_this_century }}) <= 28 and {{ in_this_century }} + to_years({{ years }}) between {{ days }}
        then {{ in_this_century }} + to_years({{ years }}) end
{%- endmacro %}

{% macro frequent_instant(x, as_utc=true) -%}
    {#- A TIMESTAMP of ISO text in UTC or Japan's time: in UTC, or the wall clock as written. -#}
    {%- set ahead = " - to_hours(9)" if as_utc else "" -%}
    case when {{ x }} like '____-__-__T%' and {{ x }} > '1952' then case
        {%- for zone, shift in [('Z', ''), ('+0000', ''), ('+09:00', ahead), ('+0900', ahead), ('+00:00', '')] %}
        when suffix({{ x }}, '{{ zone }}') then {{ first_form(x, [
            ('____-__-__T__:__:__' ~ zone, '%Y-%m-%dT%H:%M:%S' ~ zone),
            ('____-__-__T__:__:__.%', '%Y-%m-%dT%H:%M:%S.%f' ~ zone)
        ]) }}{{ shift }}
        {%- endfor %}
    end end
{%- endmacro %}

{% macro frequent_wall_to_utc(wall, timezone) -%}
    {#- to_utc, by subtraction where that is all there is to it. -#}
    {%- if timezone in ('UTC', 'Etc/UTC', 'GMT') -%} {{ wall }}
    {%- elif timezone in ('Asia/Tokyo', 'Japan') -%} {{ wall }} - to_hours(9)
    {%- else -%} {{ to_utc(wall, timezone) }}
    {%- endif -%}
{%- endmacro %}
