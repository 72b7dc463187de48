"""Scores of past forecasts, read from the published file."""

from pathlib import Path
from typing import Any

import duckdb

from keiro.errors import ExitCode, KeiroError
from keiro.publish import current

SCORES = """
    select
        scores.metric, coalesce(kpis.label_en, scores.metric) as label_en,
        coalesce(kpis.label_ja, '全体') as label_ja, scores.horizon, scores.n, scores.coverage,
        scores.hit_share, scores.mean_p_hit, scores.brier, scores.brier_run_rate, scores.status
    from kpi.fct_kpi_backtest_scores as scores
    left join kpi.dim_kpis as kpis on scores.metric = kpis.metric
    where scores.metric = $metric
        or ($metric = 'all' and scores.horizon = 'all')
    order by
        scores.metric != 'all', scores.metric, scores.horizon = 'all',
        list_position(['1 to 5', '6 to 10', '11 to 20', '21 to 40', 'over 40'], scores.horizon)
"""


def read_scores(published_dir: Path, metric: str = "all") -> list[dict[str, Any]]:
    """Scores by horizon of a metric, or of all together followed by each metric's own.

    Raises KeiroError where nothing is published, or nothing has been replayed of the metric.
    """
    publication = current(published_dir)
    if publication is None:
        raise KeiroError(
            "nothing is published yet",
            where=str(published_dir),
            remedy="`keiro run` publishes",
            exit_code=ExitCode.USAGE,
        )
    with duckdb.connect(str(publication.database), read_only=True) as con:
        there = con.execute(
            "select count(*) from duckdb_tables() where table_name = 'fct_kpi_backtest_scores'"
        ).fetchall()
        rows = con.execute(SCORES, {"metric": metric}) if there[0][0] else None
        names = [column[0] for column in rows.description or ()] if rows else []
        found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()] if rows else []
    if not found:
        raise KeiroError(
            f"no past forecasts of {metric} are published",
            where="--metric",
            remedy="replayed are the KGI and main KPIs once they have a quarter of history and "
            "four months or fiscal quarters that are over; `keiro run` replays them",
            exit_code=ExitCode.USAGE,
        )
    return found
