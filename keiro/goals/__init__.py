"""Targets and whether they will be reached.

`targets` checks that targets agree, `rates` forecasts daily series, `chances` simulates what becomes
of open items and new ones, `outlook` puts both together for a metric and a period, `plan` solves
backwards, `backtest` replays past dates. All of them work on arrays and know no database.
"""
