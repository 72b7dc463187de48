"""Learns what agreeing and differing in each comparison is worth, from the records alone.

Fellegi-Sunter: m is how often matches agree at a level, u how often two strangers do; u is
counted on sampled pairs, m estimated by expectation maximisation. Both repeat exactly: sampling is
by hash with a fixed seed, and sums run on one thread.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keiro.identity.comparisons import blocking_rule, splink_settings
from keiro.identity.engine import Engine
from keiro.identity.model import MatchModel

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Learned:
    """A model that can score pairs, or the reason why there is none.

    `settings`: Splink's settings with the weights, as JSON; None when the records are too few or
    too alike to learn from, and `note` says why. With settings, `note` names comparisons that are
    left out since no pairs teach them. `certain_pairs`: what the certain rules find.
    """

    settings: str | None
    note: str | None
    records: int
    certain_pairs: int


UNSEEN = 1e-6  # how often two strangers agree at a level that no sampled pair showed


class _TooFewError(Exception):
    """The records do not say enough; the message is the note."""


def learn(records: "pa.Table", model: MatchModel) -> Learned:
    """Learn from records (one row each: the id column, text columns as `model` names them)."""
    with Engine(records, model.id_column) as engine:
        certain = engine.count_pairs(model.certain)
        try:
            settings, left_out = _trained(engine, model, certain)
        except _TooFewError as reason:
            return Learned(None, str(reason), engine.count, certain)
        note = f"left out, since no pairs teach it: {', '.join(left_out)}" if left_out else None
        return Learned(json.dumps(settings, sort_keys=True), note, engine.count, certain)


def _trained(engine: Engine, model: MatchModel, certain: int) -> tuple[dict[str, Any], list[str]]:
    """The learned settings, and the names of comparisons that could not be learned."""
    if certain < model.minimum_certain_pairs:
        raise _TooFewError(
            f"pairs of records that are surely one person: {certain}; to learn from,"
            f" {model.minimum_certain_pairs} are needed"
        )
    filled = [c for c in model.comparisons if any(engine.is_filled(name) for name in c.columns)]
    _require_two([c.name for c in filled])
    linker = engine.linker(splink_settings(model.model_copy(update={"comparisons": filled})))
    linker.training.estimate_probability_two_random_records_match(
        [blocking_rule(rule) for rule in model.certain], recall=model.certain_recall
    )
    linker.training.estimate_u_using_random_sampling(
        max_pairs=model.maximum_sampled_pairs, seed=model.seed
    )
    for rule in model.training:
        if engine.count_pairs([rule]) >= model.minimum_certain_pairs:
            linker.training.estimate_parameters_using_expectation_maximisation(
                blocking_rule(rule), max_pairs=model.maximum_sampled_pairs
            )
    settings = linker.misc.save_model_to_json()
    settings.pop("linker_uid", None)  # drawn at random, names nothing
    learned = [_is_learned(comparison) for comparison in settings["comparisons"]]
    settings["comparisons"] = [
        c for c, is_in in zip(settings["comparisons"], learned, strict=True) if is_in
    ]
    names = [c.name for c, is_in in zip(filled, learned, strict=True) if is_in]
    _require_two(names)
    _fill_unseen(settings, certain)
    return settings, [c.name for c in model.comparisons if c.name not in names]


def _require_two(names: list[str]) -> None:
    if len(names) < 2:
        raise _TooFewError(
            "fewer than two comparisons have values and pairs to learn from:"
            f" {', '.join(names) or 'none'}"
        )


def _levels(comparison: dict[str, Any]) -> list[dict[str, Any]]:
    """The levels of a comparison in Splink's settings, but for the one of missing values."""
    return [c for c in comparison["comparison_levels"] if not c.get("is_null_level")]


def _is_learned(comparison: dict[str, Any]) -> bool:
    """Without a level of its own m or u, a comparison would weigh by Splink's defaults."""
    levels = _levels(comparison)
    return any("m_probability" in x for x in levels) and any("u_probability" in x for x in levels)


def _fill_unseen(settings: dict[str, Any], certain: int) -> None:
    """A level that no pair showed among matches is no sign of one: it never adds to a weight.

    Without this, Splink takes defaults for it that may add much.
    """
    for comparison in settings["comparisons"]:
        for level in _levels(comparison):
            level.setdefault("u_probability", UNSEEN)
            level.setdefault("m_probability", min(level["u_probability"], 1 / certain))
