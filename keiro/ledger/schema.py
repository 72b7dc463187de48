"""The ledger's tables: in the raw schema of the work database, as what outlives a run is."""

LEDGER = "raw.keiro__kpi_ledger"
# The newest row of each key: what a run compares with, so that its cost does not grow with history.
REPORTED = "raw.keiro__kpi_reported"
# One row per run that came as far as writing its rows; confirmed once `current` points to it.
PUBLICATIONS = "raw.keiro__publications"

KEY = ("metric", "grain", "scope", "period_start")
# Figures are compared within rounding: a sum of floats depends on the order of its parts.
FIGURES = ("value", "numerator", "denominator")
STATED = ("n", "status", "trust", "definition_hash")

_ROW = """
    metric varchar not null, grain varchar not null, scope varchar not null,
    period_start date not null, period_end date, valid_at date not null,
    known_at timestamp not null, value double, numerator double, denominator double, n bigint,
    status varchar not null, trust varchar, unit varchar, definition_hash varchar,
    data_hash varchar not null
"""
LEDGER_TABLES = {
    LEDGER: _ROW,
    REPORTED: _ROW,
    PUBLICATIONS: """
        known_at timestamp not null, valid_at date not null, data_hash varchar not null,
        is_confirmed boolean not null
    """,
}
