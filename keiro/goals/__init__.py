"""Targets and whether they will be reached.

`targets` checks that targets agree. `days` weighs days, `rates` forecasts daily series, `chances`
simulates what becomes of open items and of new ones, `outlook` puts them together; they work on
arrays and know no database. `facts` reads what `forecast` needs for a metric and a period, `table`
makes a table of it, `plan` solves backwards, `backtest` replays past dates.
"""
