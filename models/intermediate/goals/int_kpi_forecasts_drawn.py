"""Forecasts of KPIs with their intervals and the chance of the target."""

from datetime import date

from keiro.goals.table import forecasts_table


def model(dbt, session):
    """One row per metric, scope, grain and period; see `keiro.goals.forecast`."""
    dbt.config(materialized="table")
    as_of = dbt.config.get("as_of")
    tables = {
        "int_kpi_forecasts_wanted": dbt.ref("int_kpi_forecasts_wanted"),
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
    return forecasts_table(tables.__getitem__, date.fromisoformat(as_of))
