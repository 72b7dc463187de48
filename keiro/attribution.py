"""Data-driven attribution: removal effects in a first-order Markov chain over paths of channels."""

import numpy as np
import pyarrow as pa

START, CONVERSION, NULL = "(start)", "(conversion)", "(null)"
SCHEMA = pa.schema(
    [
        ("channel", pa.string()),
        ("conversion_probability", pa.float64()),
        ("probability_without", pa.float64()),
        ("removal_effect", pa.float64()),
        ("effect_share", pa.float64()),
    ]
)


def removal_effects(transitions: pa.Table) -> pa.Table:
    """How much of the conversion probability each channel carries.

    A path is a walk from `(start)` over channels to `(conversion)` or `(null)`; the probability of
    a step is its share of the steps out of its state. Taking a channel away sends every step into
    it to `(null)`; the removal effect is the relative loss of the probability of a conversion that
    follows. Nothing of it is causal: people who would have bought anyway are counted as well.

    Source: Anderl, Becker, von Wangenheim, Schumann (2016), "Mapping the customer journey", Int. J.
    of Research in Marketing 33(3), 457-474, doi:10.1016/j.ijresmar.2016.03.001.

    Args:
        transitions: the columns `from_state`, `to_state` (text) and `transition_count` (integer),
            one row per pair. States other than the three above are channels.

    Returns:
        One row per channel, in order of name: `conversion_probability` of all paths,
        `probability_without` the channel, `removal_effect` (0 to 1, 0 where nothing converts) and
        `effect_share`, its share of the sum of all channels' effects (0 where that is 0).

    """
    sources = transitions["from_state"].to_pylist()
    targets = transitions["to_state"].to_pylist()
    channels = sorted({*sources, *targets} - {START, CONVERSION, NULL})
    if not channels:
        return SCHEMA.empty_table()
    position = {name: index for index, name in enumerate([START, *channels])}
    size = len(position)
    # The last column is the conversion; a step into (null) ends a walk and needs no column.
    counts = np.zeros((size, size + 1))
    leaving = np.zeros(size)
    # Pairs are few, the square of the channels at most, however many paths there are.
    for source, target, count in zip(
        sources, targets, transitions["transition_count"].to_pylist(), strict=True
    ):
        leaving[position[source]] += count
        if target != NULL:
            counts[position[source], position.get(target, size)] += count
    steps = counts / np.where(leaving > 0, leaving, 1)[:, np.newaxis]
    whole = _conversion_probability(steps)
    without = np.array([_conversion_probability(_removed(steps, n)) for n in range(1, size)])
    effects = 1 - without / whole if whole > 0 else np.zeros(len(channels))
    # Rounding may leave a channel without any conversion a hair below zero.
    effects = np.clip(effects, 0.0, 1.0)
    total = effects.sum()
    return pa.table(
        [
            channels,
            np.full(len(channels), whole),
            without,
            effects,
            effects / total if total > 0 else effects,
        ],
        schema=SCHEMA,
    )


def _removed(steps: np.ndarray, channel: int) -> np.ndarray:
    """The same steps, with those into the channel leading nowhere."""
    kept = steps.copy()
    kept[:, channel] = 0.0
    return kept


def _conversion_probability(steps: np.ndarray) -> float:
    """The probability that a walk from the first state ends in the last column's."""
    walks = np.eye(len(steps)) - steps[:, : len(steps)]
    return float(np.linalg.solve(walks, steps[:, len(steps)])[0])
