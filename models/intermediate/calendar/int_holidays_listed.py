"""Public holidays of the country, with names in English and in its own language."""

import holidays
import pandas as pd


def model(dbt, session):
    """One row per holiday: holiday_date, name_en, name_local. Source: the `holidays` library."""
    dbt.config(materialized="table")
    first = int(dbt.config.get("calendar_start")[:4])
    last = int(dbt.config.get("as_of")[:4]) + 2
    country = dbt.config.get("country")
    years = range(first, last + 1)
    english = holidays.country_holidays(country, years=years, language="en_US")
    local = holidays.country_holidays(country, years=years)
    days = sorted(local)
    return pd.DataFrame(
        {
            "holiday_date": pd.to_datetime(days).date,
            "name_en": [english[day] for day in days],
            "name_local": [local[day] for day in days],
        }
    )
