{% macro field_changes(table) %}
    {#- The differences between the versions of each key in the tracked columns of a table. -#}
    select
        '{{ table.source }}' as source,
        '{{ table.object }}' as object,
        entity_key,
        change.column_name,
        change.old_value,
        change.new_value,
        observed_date,
        was_deleted is null as is_first,
        case
            when was_deleted is null then 'appeared'
            when _is_deleted then 'deleted'
            when was_deleted then 'restored'
            else 'changed'
        end as change_kind
    from (
        select
            entity_key,
            observed_date,
            _is_deleted,
            was_deleted,
            unnest([
                {%- for name in table.columns %}
                {'column_name': '{{ name }}', 'old_value': old_{{ loop.index }}, 'new_value': {{ name }}}{{ "," if not loop.last }}
                {%- endfor %}
            ]) as change
        from (
            select
                *,
                concat_ws('|', {{ table.key | join(', ') }}) as entity_key,
                _valid_from as observed_date,
                {%- for name in table.columns %}
                lag({{ name }}) over by_key as old_{{ loop.index }},
                {%- endfor %}
                lag(_is_deleted) over by_key as was_deleted
            from ({{ versions_of(table.relation, table.key) }}) as versions
            window by_key as (partition by {{ table.key | join(', ') }} order by _valid_from)
        ) as compared
    ) as changes
    where change.old_value is distinct from change.new_value
{% endmacro %}
