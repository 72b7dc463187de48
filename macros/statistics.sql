{% macro wilson_bound(successes, trials, sign, z=1.959963984540054) -%}
    {#- Bound of Wilson's 95 % score interval of a proportion; null without trials.
        Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212. -#}
    (
        ({{ successes }} + {{ z * z / 2 }})
        {{ sign }} {{ z }} * sqrt({{ successes }} * (1 - {{ successes }} / nullif({{ trials }}, 0)) + {{ z * z / 4 }})
    ) / nullif({{ trials }} + {{ z * z }} * ({{ trials }} > 0)::int, 0)
{%- endmacro %}
