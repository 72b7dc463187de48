"""Verdicts on simulated initiatives whose effect is known; all 500 worlds are in `benchmarks/`."""

import pytest

from benchmarks.initiatives import Tally, run


@pytest.fixture(scope="module")
def tally() -> Tally:
    return run(range(120))


def test_an_effect_is_rarely_seen_where_there_is_none(tally: Tally) -> None:
    assert sum(tally.nothing.values()) == 120
    assert tally.share(tally.nothing, "effect", evidence=True) <= 0.05
    assert tally.share(tally.nothing, "effect", evidence=False) <= 0.05


def test_twice_the_detectable_effect_is_found(tally: Tally) -> None:
    assert sum(tally.effects.values()) > 100
    found = sum(n for (_, verdict), n in tally.effects.items() if verdict == "effect")
    assert found / sum(tally.effects.values()) >= 0.8
    assert tally.share(tally.effects, "harm", evidence=True) == 0


def test_every_design_is_used(tally: Tally) -> None:
    designs = {design for design, _ in tally.nothing}
    assert designs >= {
        "randomised",
        "difference_in_differences",
        "interrupted_series",
        "before_after",
    }
