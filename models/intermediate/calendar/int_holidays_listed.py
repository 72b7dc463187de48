"""Public holidays of the country, with names in English and in its own language."""

import holidays
import pandas as pd


def model(dbt, session):
    """One row per holiday: holiday_date, name_en, name_local. Source: the `holidays` library."""
    dbt.config(materialized="table")
    calendar_start = dbt.config.get("calendar_start")
    as_of = dbt.config.get("as_of")
    country = dbt.config.get("country")
    # A state, province or prefecture with holidays of its own; blank for none.
    subdivision = dbt.config.get("country_subdivision") or None
    years = range(int(calendar_start[:4]), int(as_of[:4]) + 3)
    # Asked for by name: without a language the library follows the machine's own.
    language = holidays.country_holidays(country).default_language
    local = holidays.country_holidays(country, subdiv=subdivision, years=years, language=language)
    english = holidays.country_holidays(country, subdiv=subdivision, years=years, language="en_US")
    days = sorted(local)
    return pd.DataFrame(
        {
            "holiday_date": pd.to_datetime(days).date,
            "name_en": [english[day] for day in days],
            "name_local": [local[day] for day in days],
        }
    )
