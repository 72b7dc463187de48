"""Verdicts on initiatives, by the strongest design that the data allow."""

from datetime import date

from keiro.initiatives.table import judge_table


def model(dbt, session):
    """One row per initiative and metric; see `keiro.initiatives.table.judge_table`."""
    dbt.config(materialized="table")
    as_of = dbt.config.get("as_of")
    measured = dbt.ref("int_initiatives_measured").to_arrow_table()
    series = dbt.ref("int_initiative_series").to_arrow_table()
    return judge_table(measured, series, date.fromisoformat(as_of))
