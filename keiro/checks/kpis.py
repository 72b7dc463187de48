"""The KPI layer's checks, made from the metric YAML: a new metric needs no line here."""

from typing import Any

from keiro.checks.model import Check, KpiRange, Suite, Text

VALUES = "intermediate.int_kpi_values_computed"
SUITE = "kpi_generated"

# A day that is out of range puts its week, month and year out of range too: only the finest
# period is named, and neighbouring periods are one flag.
OUT_OF_RANGE_SQL = """
with broken as (
    select metric, scope, value, cast(period_start as date) as starts,
        cast(case grain
            when 'day' then period_start
            when 'week' then period_start + interval 6 day
            when 'month' then period_start + interval 1 month - interval 1 day
            when 'fiscal_quarter' then period_start + interval 3 month - interval 1 day
            when 'fiscal_year' then period_start + interval 12 month - interval 1 day
        end as date) as ends
    from {{batch}}
    where metric = '{metric}' and ({outside})
),
finest as (
    select * from broken as b
    where not exists (
        select 1 from broken as f
        where f.scope = b.scope and f.starts >= b.starts and f.ends <= b.ends
            and f.ends - f.starts < b.ends - b.starts
    )
),
marked as (
    select *, starts > lag(ends) over (partition by scope order by starts) + 1 as is_apart
    from finest
),
numbered as (
    select *, count_if(coalesce(is_apart, true)) over (partition by scope order by starts) as run
    from marked
)
select
    metric || ' (' || scope || ')' as subject, metric, scope,
    min(starts) as period_start, max(ends) as period_end,
    round(min(value), 4)
        || case when max(value) > min(value) then ' … ' || round(max(value), 4) else '' end
        as observed,
    count(*) as unexpected_count
from numbered
group by metric, scope, run
order by scope, period_start
"""


def kpi_suite(ranges: list[KpiRange]) -> Suite | None:
    """One range check and one presence check a metric; None without metrics."""
    checks = [check for r in ranges for check in (_presence(r), *_bounds(r))]
    if not checks:
        return None
    return Suite(
        suite=SUITE,
        layer="kpi",
        description="Ranges and presence of each metric, from its YAML.",
        checks=checks,
    )


def _condition(metric: str) -> dict[str, str]:
    return {
        "row_condition": f'col("metric") == "{metric}"',
        "condition_parser": "great_expectations",
    }


def _presence(kpi: KpiRange) -> Check:
    return Check(
        id=f"kpi.{kpi.metric}.present",
        table=VALUES,
        expect="expect_table_row_count_to_be_between",
        kwargs={"min_value": 1, **_condition(kpi.metric)},
        severity="warning",
        cause="pipeline",
        owner=kpi.owner,
        metrics=[kpi.metric],
        detail=Text(
            en=f"{kpi.metric} is declared with a {kpi.cadence} cadence and has no value at all.",
            ja=f"{kpi.metric}(更新頻度: {kpi.cadence})の値が1件もありません。",
        ),
        remedy=Text(
            en="See whether its source was loaded and whether the metric was renamed.",
            ja="元データが取り込まれたか、指標名が変わっていないか確認してください。",
        ),
    )


def _bounds(kpi: KpiRange) -> list[Check]:
    if kpi.minimum is None and kpi.maximum is None:
        return []
    low, high = kpi.minimum, kpi.maximum
    kwargs: dict[str, Any] = {"column": "value", **_condition(kpi.metric)}
    outside = []
    if low is not None:
        kwargs["min_value"] = low
        outside.append(f"value < {low!r}")
    if high is not None:
        kwargs["max_value"] = high
        outside.append(f"value > {high!r}")
    promised = f"{'−∞' if low is None else f'{low:g}'} … {'∞' if high is None else f'{high:g}'}"
    return [
        Check(
            id=f"kpi.{kpi.metric}.range",
            table=VALUES,
            expect="expect_column_values_to_be_between",
            kwargs=kwargs,
            severity="warning",
            cause="instrumentation",
            owner=kpi.owner,
            metrics=[kpi.metric],
            flag_sql=OUT_OF_RANGE_SQL.format(metric=kpi.metric, outside=" or ".join(outside)),
            detail=Text(
                en=f"{{subject}} is outside its range {promised} {kpi.unit}: {{observed}}, "
                "{period_start} to {period_end}.",
                ja=f"{{subject}} が範囲 {promised} {kpi.unit} を外れています: {{observed}}、"
                "{period_start}〜{period_end}。",
            ),
            remedy=Text(
                en="Look at the rows of that period; if the value is right, widen the metric's "
                "range in its YAML.",
                ja="該当期間のデータを確認してください。値が正しければ、指標YAMLの範囲を見直してください。",
            ),
        )
    ]
