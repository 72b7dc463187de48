{% test unique_columns(model, columns) %}
    {#- A row is a combination of the columns that stands more than once. -#}
    select {{ columns | join(', ') }}
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
