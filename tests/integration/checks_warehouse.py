"""Small warehouses of the real shape: one without a fault, and a fault for each shipped check."""

from pathlib import Path

import duckdb

GOOD = """
create schema raw; create schema intermediate; create schema funnel; create schema load;
create table raw.keiro__load_log (
    source text, object text, file_name text, content_hash text, format text, encoding text,
    rows_in bigint, rows_loaded bigint, rows_unchanged bigint, rows_quarantined bigint,
    rows_skipped_preamble bigint, status text, message text, load_seq bigint,
    loaded_at timestamptz
);
create table raw.keiro__check_results (
    run_at timestamptz, as_of date, suite text, layer text, check_id text, subject text,
    metric text, scope text, period_start date, period_end date, status text, severity text,
    cause text, owner text, observed text, detail_en text, detail_ja text, remedy_en text,
    remedy_ja text, unexpected_count bigint, element_count bigint
);
insert into raw.keiro__load_log
select 'web', 'events', 'web/events_' || strftime(day, '%Y%m%d') || '.csv', md5(day::text), 'csv',
    'utf-8', 100, 90, 9, 1, 0, 'loaded', null, row_number() over (), now()
from (select unnest(range(date '2026-07-01', date '2026-10-01', interval 1 day)) as day);
create table load.cast_counts as
select 'web' as source, 'events' as object, 'day' as column_name, 1000 as cell_count,
    10 as failure_count, 0.01 as failure_share, '9999-99-99' as text_shapes, null::text as severity;
create table intermediate.int_stage_evidence_unmapped (
    source text, source_field text, source_value text, n_rows bigint, n_entities bigint,
    first_entered_at timestamp, last_entered_at timestamp
);
create table intermediate.int_costs_foreign (
    source text, currency text, project_currency text, first_cost_date date, last_cost_date date,
    n_rows bigint, cost_amount decimal(18, 2)
);
create table intermediate.int_opportunities_foreign (
    source text, currency text, project_currency text, first_created_date date,
    last_created_date date, n_opportunities bigint, amount decimal(18, 2)
);
create table funnel.fct_stage_entries as
select 'e' || i as entity_id, 'mql' as stage, 1 as spell,
    timestamp '2025-01-01' + i * interval 1 hour as entered_at,
    timestamp '2025-01-02' + i * interval 1 hour as exited_at
from range(10000) as t(i);
create table funnel.fct_opportunities as
select 'o' || i as opportunity_id, date '2025-01-01' as created_date,
    date '2025-02-01' as closed_date, (i * 1000)::decimal(18, 2) as amount,
    i % 3 = 0 as is_won, true as is_closed
from range(600) as t(i);
create table funnel.fct_cohort_conversions as
select date '2025-01-01' as cohort_month, 10 as n, 4 as converted;
create table funnel.fct_sessions as select 's' || i as session_id from range(50000) as t(i);
create table intermediate.int_kpi_values_computed as
select metric, grain, period_start, scope, 0.5::double as value, 1.0::double as numerator,
    2.0::double as denominator, 2 as n
from (values ('mqls'), ('win_share'), ('visits'), ('average_deal_value'), ('cost')) as m(metric),
    (values ('all'), ('channel=email')) as s(scope),
    (
        select 'day' as grain, unnest(range(date '2025-04-01', date '2026-10-01', interval 1 day))
            ::date as period_start
        union all
        select 'month', unnest(range(date '2025-04-01', date '2026-10-01', interval 1 month))::date
    ) as p;
"""
# One fault for each check of the shipped suites.
FAULTS = {
    "raw.rows_add_up": "update raw.keiro__load_log set rows_loaded = 80 where load_seq = 3",
    "raw.files_accepted": """insert into raw.keiro__load_log (source, object, file_name,
        content_hash, status, message) values ('web', 'events', 'web/x.csv', 'x', 'refused',
        'this is HTML')""",
    "raw.files_believed": """insert into raw.keiro__load_log (source, object, file_name,
        content_hash, status, message) values ('web', 'events', 'web/y.csv', 'y', 'held',
        'held back: it lacks 90 of the 100 rows')""",
    "raw.little_in_quarantine": """update raw.keiro__load_log
        set rows_quarantined = 50, rows_loaded = 41 where load_seq = 4""",
    "raw.delivered_once": """insert into raw.keiro__load_log select * replace (
        'duplicate_delivery' as status, 0 as rows_loaded, 100 as rows_unchanged,
        0 as rows_quarantined, 'web/copy.csv' as file_name)
        from raw.keiro__load_log where load_seq = 5""",
    "raw.deliveries_arrive": "delete from raw.keiro__load_log where load_seq > 80",
    "raw.no_day_skipped": "delete from raw.keiro__load_log where load_seq in (20, 21)",
    "casts.few_fail": """insert into load.cast_counts values
        ('crm', 'deals', 'amount', 1000, 20, 0.02, '*** | 9-9', 'warning')""",
    "casts.no_column_fails": """insert into load.cast_counts values
        ('crm', 'deals', 'close_date', 1000, 400, 0.4, '99/99/9999', 'critical')""",
    "funnel.stage_values_mapped": """insert into intermediate.int_stage_evidence_unmapped values
        ('crm', 'stage', 'Evangelist', 3, 2, '2026-07-01', '2026-08-01'),
        ('crm', 'stage', 'Solution Review', 9, 9, '2026-09-01', '2026-09-02')""",
    "funnel.stage_entry_has_key": """update funnel.fct_stage_entries set entity_id = null
        where entity_id = 'e7'""",
    "funnel.stage_entry_has_time": """update funnel.fct_stage_entries set entered_at = null
        where entity_id = 'e8'""",
    "funnel.stage_entries_are_unique": """insert into funnel.fct_stage_entries
        select * from funnel.fct_stage_entries where entity_id = 'e9'""",
    "funnel.stages_are_left_after_they_are_entered": """update funnel.fct_stage_entries
        set exited_at = entered_at - interval 1 day where entity_id = 'e10'""",
    "funnel.no_entry_from_the_future": """update funnel.fct_stage_entries
        set entered_at = '2027-01-01', exited_at = null where entity_id = 'e11'""",
    "funnel.opportunities_are_unique": """insert into funnel.fct_opportunities
        select * from funnel.fct_opportunities where opportunity_id = 'o1'""",
    "funnel.amounts_are_not_negative": """update funnel.fct_opportunities set amount = -5
        where opportunity_id = 'o2'""",
    "funnel.won_deals_have_an_amount": """update funnel.fct_opportunities set amount = null
        where is_won and opportunity_id < 'o2'""",
    "funnel.closed_after_created": """update funnel.fct_opportunities
        set closed_date = '2024-12-01' where opportunity_id = 'o4'""",
    "funnel.conversions_fit_their_cohort": """update funnel.fct_cohort_conversions
        set converted = 11""",
    "funnel.amounts_are_in_one_currency": """insert into intermediate.int_opportunities_foreign
        values ('hubspot', 'USD', 'JPY', '2026-07-01', '2026-07-31', 31, 1234.50)""",
    "funnel.costs_are_in_one_currency": """insert into intermediate.int_costs_foreign values
        ('meta_ads', 'USD', 'JPY', '2026-07-01', '2026-07-31', 31, 1234.50)""",
    "funnel.sessions_are_unique": "insert into funnel.fct_sessions values ('s1')",
    "kpi.rows_name_their_metric": """insert into intermediate.int_kpi_values_computed
        values (null, 'day', '2026-01-01', 'all', 1, 1, 1, 1)""",
    "kpi.rows_name_their_period": """insert into intermediate.int_kpi_values_computed
        values ('mqls', 'day', null, 'all', 1, 1, 1, 1)""",
    "kpi.rows_name_their_scope": """insert into intermediate.int_kpi_values_computed
        values ('mqls', 'day', '2024-01-01', null, 1, 1, 1, 1)""",
    "kpi.values_are_unique": """insert into intermediate.int_kpi_values_computed
        values ('mqls', 'day', '2026-01-01', 'all', 1, 1, 1, 1)""",
    "kpi.grains_are_known": """insert into intermediate.int_kpi_values_computed
        values ('mqls', 'decade', '2020-01-01', 'all', 1, 1, 1, 1)""",
    "kpi.no_value_from_the_future": """insert into intermediate.int_kpi_values_computed
        values ('mqls', 'day', '2027-01-01', 'all', 1, 1, 1, 1)""",
}


def build(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as con:
        con.execute(GOOD)
        for statement in statements:
            con.execute(statement)
    return path
