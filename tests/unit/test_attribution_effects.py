"""Markov removal effects: a published example, and walks followed step by step on random paths."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from keiro.attribution import CONVERSION, NULL, START, removal_effects

Path = tuple[str, ...]


def _table(paths: list[Path]) -> pa.Table:
    counts = Counter(step for path in paths for step in pairwise(path))
    return pa.table(
        {
            "from_state": [source for source, _ in counts],
            "to_state": [target for _, target in counts],
            "transition_count": list(counts.values()),
        }
    )


def _effects(paths: list[Path]) -> dict[str, dict[str, float]]:
    return {row.pop("channel"): row for row in removal_effects(_table(paths)).to_pylist()}


def test_the_published_example_of_three_channels() -> None:
    """S. Bryl, "Attribution model in R: Markov chains" (2016): C1 C2 C3 converts, C1 and C2 C3 do
    not. P = 1/3; without C1 it is 1/6, without C2 or C3 nothing; shares 20, 40 and 40 %."""
    effects = _effects(
        [(START, "C1", "C2", "C3", CONVERSION), (START, "C1", NULL), (START, "C2", "C3", NULL)]
    )
    assert {name: row["removal_effect"] for name, row in effects.items()} == pytest.approx(
        {"C1": 0.5, "C2": 1.0, "C3": 1.0}
    )
    assert {name: row["effect_share"] for name, row in effects.items()} == pytest.approx(
        {"C1": 0.2, "C2": 0.4, "C3": 0.4}
    )
    assert effects["C1"]["conversion_probability"] == pytest.approx(1 / 3)
    assert effects["C1"]["probability_without"] == pytest.approx(1 / 6)


def _walked(counts: Counter[tuple[str, str]], removed: str | None = None) -> float:
    """The share of a unit of walkers that converts, moved on step by step until all have ended."""
    leaving = Counter[str]()
    for (source, _), count in counts.items():
        leaving[source] += count
    there, converted = {START: 1.0}, 0.0
    for _ in range(5000):
        onward: dict[str, float] = {}
        for (source, target), count in counts.items():
            share = there.get(source, 0.0) * count / leaving[source]
            if target == CONVERSION:
                converted += share
            elif target not in (NULL, removed):
                onward[target] = onward.get(target, 0.0) + share
        there = onward
        if sum(there.values()) < 1e-16:
            break
    return converted


@pytest.mark.parametrize("seed", range(5))
def test_random_paths_agree_with_walks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    channels = [f"c{n}" for n in range(int(rng.integers(1, 7)))]
    paths: list[Path] = [
        (
            START,
            *rng.choice(channels, rng.integers(1, 6)).tolist(),
            CONVERSION if rng.random() < 0.3 else NULL,
        )
        for _ in range(200)
    ]
    effects = _effects(paths)
    counts = Counter(step for path in paths for step in pairwise(path))
    whole = _walked(counts)
    assert sorted(effects) == sorted({name for path in paths for name in path[1:-1]})
    for name, row in effects.items():
        assert row["conversion_probability"] == pytest.approx(whole, abs=1e-12)
        assert row["removal_effect"] == pytest.approx(1 - _walked(counts, name) / whole, abs=1e-12)
    assert sum(row["effect_share"] for row in effects.values()) == pytest.approx(1)


def test_repeats_of_a_channel_and_the_order_of_rows_change_nothing() -> None:
    once = [(START, "a", "b", CONVERSION), (START, "a", NULL), (START, "b", NULL)]
    again = [(START, "a", "a", "b", CONVERSION), (START, "a", "a", NULL), (START, "b", NULL)]
    effects = [row["removal_effect"] for row in _effects(once).values()]
    assert [row["removal_effect"] for row in _effects(again).values()] == pytest.approx(effects)
    assert removal_effects(_table(once)) == removal_effects(_table(once[::-1]))


def test_without_conversions_no_channel_has_an_effect() -> None:
    effects = _effects([(START, "a", NULL), (START, "b", "a", NULL)])
    assert {name: row["removal_effect"] for name, row in effects.items()} == {"a": 0.0, "b": 0.0}
    assert {row["effect_share"] for row in effects.values()} == {0.0}


def test_without_paths_there_is_no_row() -> None:
    empty = _table([(START, "a", NULL)]).slice(0, 0)
    assert removal_effects(empty).num_rows == 0
