"""Forecasts of simulated worlds against what happens there; all 300 are in `benchmarks/`."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.goals import calibration_error, judge_worlds, summary

WORLDS = 24


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    return judge_worlds(WORLDS, seed=7)


def test_intervals_hold_about_80_percent(judged: pd.DataFrame) -> None:
    """288 forecasts, of which those of one world move together: four standard errors of 100."""
    assert len(judged) == WORLDS * 12
    assert 0.8 - 4 * np.sqrt(0.16 / 100) < judged["covered"].mean() < 0.92


def test_chances_are_what_happens(judged: pd.DataFrame) -> None:
    """Ten bins of some thirty chances each are 0.06 off by chance alone."""
    assert calibration_error(judged) < 0.12
    assert abs(judged["p_hit"].mean() - judged["hit"].mean()) < 0.08


def test_chances_beat_the_run_rate(judged: pd.DataFrame) -> None:
    by_horizon = summary(judged, ["days_left"])
    assert judged["squared"].mean() < 0.85 * judged["squared_run_rate"].mean()
    late = by_horizon.loc[[30, 60, 120]]
    assert (late["brier"] < late["brier_run_rate"]).all()


def test_the_judgement_can_fail(judged: pd.DataFrame) -> None:
    """Intervals of half their width and chances of the run rate's yes and no do not pass."""
    middle = (judged["lower"] + judged["upper"]) / 2
    half = (judged["upper"] - judged["lower"]) / 4
    assert judged["truth"].between(middle - half, middle + half).mean() < 0.64
    certain = judged.assign(p_hit=(judged["run_rate"] >= judged["target"]).astype(float))
    assert calibration_error(certain) > 0.05
