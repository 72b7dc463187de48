{#- What the last build was made of, in one row of `raw.keiro__build`. -#}

{% macro begin_build() -%}
    {#- Before a build: decide whether it may start from the last one's tables, and mark them as in work. A build
        that is killed or fails leaves the mark, so the next one makes everything anew. -#}
    {%- if execute and flags.WHICH in ('build', 'run') and incremental_models() | select('in', selected_resources) | list -%}
        {%- do run_query("create schema if not exists raw") -%}
        {%- do run_query(
            "create table if not exists raw.keiro__build (fingerprint varchar, as_of date, previous_as_of date,"
            ~ " load_seq bigint, raw_digest hugeint, is_complete boolean, is_increment boolean)"
        ) -%}
        {%- set usable = may_increment() -%}
        {%- if usable -%}
            {%- do run_query(
                "update raw.keiro__build set is_complete = false, is_increment = true, previous_as_of = as_of"
            ) -%}
        {%- else -%}
            {%- do run_query("delete from raw.keiro__build") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro may_increment() -%}
    {#- Whether the last build is complete, of the same code, seeds and settings (`keiro` gives their hash), of
        no later day, and of rows that raw still has as they were. -#}
    {%- set fingerprint = env_var('KEIRO_BUILD_FINGERPRINT', '') -%}
    {%- if flags.FULL_REFRESH or not fingerprint or not sources_take_increments() -%}
        {%- do return(false) -%}
    {%- endif -%}
    {%- for name in incremental_models() -%}
        {%- set node = graph.nodes[name] -%}
        {%- if adapter.get_relation(node.database, node.schema, node.alias) is none -%}
            {%- do return(false) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set last = run_query("select fingerprint, as_of, load_seq, raw_digest from raw.keiro__build where is_complete").rows -%}
    {%- do return(
        last | length == 1 and last[0][0] == fingerprint and last[0][1] | string <= var('as_of') | string
        and run_query(raw_digest_sql(last[0][2])).rows[0][0] == last[0][3]
        and not contract_begins_after(last[0][1])
    ) -%}
{%- endmacro %}

{% macro contract_begins_after(day) -%}
    {#- Whether another stage contract came into force since the last build's day. -#}
    {%- set seed = graph.nodes.values() | selectattr('name', 'equalto', 'stage_contracts') | first -%}
    {%- set contracts = adapter.get_relation(seed.database, seed.schema, seed.alias) if seed else none -%}
    {%- do return(contracts is not none and run_query(
        "select count(*) from " ~ contracts ~ " where effective_from > date '" ~ day ~ "' and effective_from <= " ~ as_of()
    ).rows[0][0] > 0) -%}
{%- endmacro %}

{% macro end_build(results) -%}
    {#- After a build in which every incremental model and nothing else failed: note what it was made of. -#}
    {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
    {%- set bad = results | rejectattr('status', 'in', ['success', 'pass', 'warn', 'no-op', 'reused']) | list -%}
    {%- set wanted = incremental_models() if execute else [] -%}
    {%- if execute and flags.WHICH in ('build', 'run') and wanted and not bad and not wanted | reject('in', built) | list -%}
        {%- set seq = run_query(load_seq_sql()).rows[0][0] -%}
        {%- do run_query("delete from raw.keiro__build") -%}
        {%- do run_query(
            "insert into raw.keiro__build select '" ~ env_var('KEIRO_BUILD_FINGERPRINT', '') ~ "', " ~ as_of() ~ ", null, "
            ~ seq ~ ", (" ~ raw_digest_sql(seq) ~ "), true, false"
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro incremental_models() -%}
    {%- do return(
        graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('config.materialized', 'equalto', 'incremental') | map(attribute='unique_id') | list
    ) -%}
{%- endmacro %}

{% macro raw_relations() -%}
    {#- The raw tables of the sources that are on, as they are loaded. -#}
    {%- set relations = [] -%}
    {%- for node in graph.sources.values() if node.source_name in var('sources') and node.schema == 'raw' -%}
        {%- do relations.append(node.relation_name) -%}
    {%- endfor -%}
    {%- do return(relations | sort) -%}
{%- endmacro %}

{% macro load_seq_sql() -%}
    {%- set greatest = [] -%}
    {%- for relation in raw_relations() -%}
        {%- do greatest.append("(select coalesce(max(_load_seq), 0) from " ~ relation ~ ")") -%}
    {%- endfor -%}
    select greatest(0, {{ greatest | join(', ') }})
{%- endmacro %}

{% macro raw_digest_sql(load_seq) -%}
    {#- A number that says whether the rows up to a load are still the same: in each table their count, and when
        the newest was written, for a file that is loaded anew keeps its number. -#}
    {%- set parts = ["0"] -%}
    {%- for relation in raw_relations() -%}
        {%- do parts.append(
            "(select hash(count(*), max(_loaded_at)) from " ~ relation ~ " where _load_seq <= " ~ load_seq ~ ")"
        ) -%}
    {%- endfor -%}
    select cast(hash([{{ parts | join(', ') }}]) as hugeint)
{%- endmacro %}

{% macro sources_take_increments() -%}
    {#- Whether all sources that are on say what changed of their web events and evidence of stages: for others
        everything is built anew. -#}
    {%- for source_name, inputs in var('sources').items() if source_name not in ['ga4', 'hubspot'] -%}
        {%- if 'web_events' in inputs or 'stage_evidence' in inputs -%}
            {%- do return(false) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(true) -%}
{%- endmacro %}
