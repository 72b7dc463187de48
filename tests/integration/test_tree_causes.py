"""Planted causes in simulated companies; all 300 of them are in `benchmarks/causes.py`."""

from benchmarks.causes import measure_worlds


def test_a_planted_cause_that_can_be_detected_is_named_first() -> None:
    """Of these worlds some two thirds have a cause beyond the detection limit."""
    counts = measure_worlds(30, seed=5)
    tried, named = counts.pop("false")
    causes = [sum(column) for column in zip(*counts.values(), strict=True)]
    assert causes[0] >= 12
    assert causes[1] >= 0.95 * causes[0]
    # Of 25 contributions to no change one or two intervals leave zero out; six do in one of 500.
    assert tried == 25
    assert named <= 5
