{% macro to_half_width(text_value) -%}
    {#- Full-width digits and signs as half-width ones; other characters stay. -#}
    translate({{ text_value }}, '０１２３４５６７８９，．－＋：／　', '0123456789,.-+:/ ')
{%- endmacro %}
