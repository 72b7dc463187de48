"""Alarms over the daily series of the KPIs: what broke and what drifts."""

from keiro.stats.drift import judge_table


def model(dbt, session):
    """One row per alarm; see `keiro.stats.drift.judge_table` for its columns."""
    dbt.config(materialized="table")
    return judge_table(dbt.ref("int_kpi_days_judged").df())
