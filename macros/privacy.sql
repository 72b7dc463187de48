{% macro pseudonymise(key) -%}
    {#- A stable id that does not reveal its key. Set KEIRO_PSEUDONYM_SALT to a secret of your own. -#}
    substr(sha256('{{ env_var("KEIRO_PSEUDONYM_SALT", "keiro") }}' || ':' || {{ key }}), 1, 20)
{%- endmacro %}
