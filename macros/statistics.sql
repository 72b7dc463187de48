{% macro wilson_bound(successes, trials, sign, z=1.959963984540054) -%}
    {#- Bound of Wilson's 95 % score interval of a proportion; null without trials.
        Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209-212. -#}
    (
        ({{ successes }} + {{ z * z / 2 }})
        {{ sign }} {{ z }} * sqrt({{ successes }} * (1 - {{ successes }} / nullif({{ trials }}, 0)) + {{ z * z / 4 }})
    ) / nullif({{ trials }} + {{ z * z }} * ({{ trials }} > 0)::int, 0)
{%- endmacro %}

{% macro count_bound(cohorts, sign, z=1.959963984540054) -%}
    {#- Bound of the 95 % interval of how many of a cohort will have converted by the horizon: those known to
        have, and an interval of those at risk on the arcsine scale, which keeps within their number. -#}
    case
        when {{ cohorts }}.rate is null then null
        when {{ cohorts }}.expected <= 0 then {{ cohorts }}.converted_observed
        else {{ cohorts }}.converted_observed + {{ cohorts }}.n_at_risk_observed * pow(sin(least(pi() / 2, greatest(0,
            asin(sqrt({{ cohorts }}.expected / {{ cohorts }}.n_at_risk_observed))
            {{ sign }} {{ z / 2 }} * sqrt({{ cohorts }}.outcome_variance / (
                {{ cohorts }}.expected * ({{ cohorts }}.n_at_risk_observed - {{ cohorts }}.expected)
            ))
        ))), 2)
    end
{%- endmacro %}

{% macro log_log_bound(share, variance, sign, z=1.959963984540054) -%}
    {#- Bound of the 95 % interval of a share between 0 and 1 on the log(-log) scale, null at 0 and 1; the sign +
        gives the lower one. Source: Kalbfleisch and Prentice (1980), The Statistical Analysis of
        Failure Time Data, 15. -#}
    case
        when {{ share }} > 0 and {{ share }} < 1
            then pow({{ share }}, exp({{ sign }} {{ z }} * sqrt({{ variance }}) / abs({{ share }} * ln({{ share }}))))
    end
{%- endmacro %}

{% macro exact_sum(term) -%}
    {#- A sum of numbers below 10^20 that does not depend on the order of the rows, as sums of floating-point
        numbers do: the same rows give the same bytes. Terms are rounded to 15 decimals. -#}
    cast(sum(cast({{ term }} as decimal(38, 15))) as double)
{%- endmacro %}
