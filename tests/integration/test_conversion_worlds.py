"""Young cohorts of simulated worlds against the truth; all 200 worlds are in `benchmarks/`."""

from pathlib import Path

import pytest

from benchmarks.worlds import Edit, estimate_worlds

WORLDS = 50
LOSSES_AS_CENSORED = (
    "int_conversion_risks",
    "event_kind = 'lost' then n else 0",
    "false then n else 0",
)
COHORTS_AS_EQUAL = (
    "int_conversion_spreads",
    "greatest(0.0, (spread - spread_by_chance) / scale)",
    "0.0",
)
FINDINGS = """
select
    count(*) as n,
    100 * avg(rate - truth) as error,
    100 * avg(plain_rate - truth) as plain_error,
    avg((truth between rate_lower and rate_upper)::int) as covered,
    avg((will_convert between projected_lower and projected_upper)::int) as outcomes_covered,
    100 * avg(pooled - truth) filter (where drift = 'none') as curve_error
from estimates where status = 'provisional'
"""


def _found(folder: Path, edits: tuple[Edit, ...] = ()) -> dict[str, float]:
    con = estimate_worlds(folder, WORLDS, seed=11, edits=edits)
    (row,) = con.sql(FINDINGS).df().to_dict("records")
    con.close()
    return row


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    return _found(tmp_path_factory.mktemp("worlds"))


def test_estimates_of_young_cohorts_are_right_on_average(found: dict[str, float]) -> None:
    """The plain ratio of the same cohorts reads several points low."""
    assert found["n"] > 150
    assert abs(found["error"]) < 1
    assert found["plain_error"] < -4


def test_intervals_say_how_sure_the_estimates_are(found: dict[str, float]) -> None:
    """95 %, within three standard errors of a share of so many cohorts."""
    assert 0.9 < found["covered"] < 0.99
    assert 0.9 < found["outcomes_covered"] < 0.99


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The same with two faults: one moves the curve, the other the intervals."""
    return _found(tmp_path_factory.mktemp("wrong"), (LOSSES_AS_CENSORED, COHORTS_AS_EQUAL))


def test_losses_are_no_censoring(found: dict[str, float], wrong: dict[str, float]) -> None:
    """The curve of equal cohorts meets their truth; with losses taken for censoring it is high."""
    assert abs(found["curve_error"]) < 0.5
    assert wrong["curve_error"] > 2


def test_intervals_know_that_cohorts_differ(
    found: dict[str, float], wrong: dict[str, float]
) -> None:
    assert wrong["outcomes_covered"] < found["outcomes_covered"] - 0.02
