{#- A build may start from the tables of the last one and compute anew only what has changed since. Whether it
    may is decided once, before anything is built, and kept in `raw.keiro__build`: see begin_build. -#}

{% macro builds_increment() -%}
    {#- Whether this build starts from the tables of the last one. -#}
    {%- if not execute or model.resource_type == 'unit_test' -%}
        {%- do return(false) -%}
    {%- endif -%}
    {%- set table = adapter.get_relation(target.database, 'raw', 'keiro__build') -%}
    {%- if table is none -%}
        {%- do return(false) -%}
    {%- endif -%}
    {%- do return(run_query("select is_increment from " ~ table).columns[0].values() == (true,)) -%}
{%- endmacro %}

{% macro should_full_refresh() -%}
    {#- Replaces dbt's own: a table is made anew unless the build may start from it. -#}
    {%- do return(flags.FULL_REFRESH or not builds_increment()) -%}
{%- endmacro %}

{% macro changes_model(name) -%}
    {#- The relation of a model of changes. Unit tests build everything anew and need no rows of it. -#}
    {%- if not (model is defined and model.resource_type == 'unit_test') -%}
        {%- do return(ref(name)) -%}
    {%- endif -%}
{%- endmacro %}

{% macro only_changed(name, key, column=none) -%}
    {#- Where the build starts from the last one, the condition that a row's key is among those of the model
        of changes, by its column of that name. -#}
    {%- set changes = changes_model(name) -%}
    {%- if builds_increment() -%}
        {{ key }} in (select changed.{{ column or key.split('.') | last }} from {{ changes }} as changed)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro get_incremental_replace_changed_sql(arguments) -%}
    {#- The strategy `replace_changed`: all rows of the keys in the model `changes` give way to the new ones, so a
        key without rows is gone, and doing it twice does no harm. -#}
    {%- set key = config.require('unique_key') -%}
    {%- set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments['target_relation'] }}
    where {{ key }} in (
        {%- if config.get('changes_of') -%}
            {{ new_keys(config.get('changes_of')[0], config.get('changes_of')[1], config.require('changed_key')) }}
        {%- else -%}
            select changed.{{ config.get('changed_key') or key }} from {{ ref(config.require('changes')) }} as changed
        {%- endif -%}
    );
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}

{% macro new_keys(source_name, table_name, key) -%}
    {#- The keys of a source's table of which raw got new rows since the last build. -#}
    select {{ key }} from {{ source(source_name, table_name) }} where {{ new_rows() }}
{%- endmacro %}

{% macro only_new_keys(source_name, table_name, key) -%}
    {#- Where the build starts from the last one, the condition that a row of raw is of such a key. -#}
    {%- if builds_increment() -%} {{ key }} in ({{ new_keys(source_name, table_name, key) }})
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{% macro new_rows() -%}
    {#- The condition that a row of raw was loaded, or became visible, since the last complete build. -#}
    (
        _load_seq > (select last_build.load_seq from raw.keiro__build as last_build)
        or _extracted_at > (select last_build.previous_as_of from raw.keiro__build as last_build)
    ) and coalesce(_extracted_at, {{ as_of() }}) <= {{ as_of() }}
{%- endmacro %}

{% macro last_build_of(name) -%}
    {#- The table of a model as the last build left it, for models that are built before it. -#}
    {%- for node in graph.nodes.values() if node.name == name and node.resource_type == 'model' -%}
        {{ api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) }}
    {%- endfor -%}
{%- endmacro %}

{% macro previous_as_of() -%}
    (select last_build.previous_as_of from raw.keiro__build as last_build)
{%- endmacro %}

{% macro compared_with_last_build(relation, key, content) -%}
    {#- One row per key of a relation, and key that it had when the last build made this table: its `content`, an
        expression that sums up what others read of it, and whether that changed. -#}
    {%- if builds_increment() and load_cached_relation(this) is not none -%}
        select
            coalesce(today.{{ key }}, before.{{ key }}) as {{ key }},
            today.content,
            today.content is distinct from before.content as is_changed
        from (select {{ key }}, {{ content }} as content from {{ relation }}) as today
        full outer join (select {{ key }}, content from {{ this }} where content is not null) as before
            on today.{{ key }} = before.{{ key }}
    {%- else -%}
        select
            {{ key }},
            {{ content }} as content,
            {{ builds_increment() | lower }} as is_changed
        from {{ relation }}
    {%- endif -%}
{%- endmacro %}
