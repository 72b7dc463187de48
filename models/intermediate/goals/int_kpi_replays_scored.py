"""Forecasts as they would have been made on past dates."""

from datetime import date

from keiro.goals.backtest import backtests_table


def model(dbt, session):
    """One row per metric, scope, grain, period and past date; see `keiro.goals.backtest`.

    Replays of the last run whose data are the same are kept: a day more costs the new ones only.
    """
    dbt.config(materialized="table")
    as_of = dbt.config.get("as_of")
    tables = {
        "int_kpi_replays_wanted": dbt.ref("int_kpi_replays_wanted"),
        "int_period_days_placed": dbt.ref("int_period_days_placed"),
        "int_kpi_shapes_learned": dbt.ref("int_kpi_shapes_learned"),
        "int_conversion_spreads": dbt.ref("int_conversion_spreads"),
        "dim_dates": dbt.ref("dim_dates"),
        "dim_stages": dbt.ref("dim_stages"),
        "fct_kpi_values": dbt.ref("fct_kpi_values"),
        "fct_conversion_curves": dbt.ref("fct_conversion_curves"),
        "fct_stage_conversions": dbt.ref("fct_stage_conversions"),
        "fct_opportunities": dbt.ref("fct_opportunities"),
    }
    return backtests_table(tables.__getitem__, date.fromisoformat(as_of), _kept(dbt.this, session))


def _kept(this, session):
    """The table as the last run left it; none at first."""
    found = session.execute(
        "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
        [this.schema, this.identifier],
    ).fetchall()
    return session.sql(f"select * from {this}").df() if found[0][0] else None
