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
from keiro.identity.model import Compared, MatchModel

if TYPE_CHECKING:
    import pyarrow as pa
    from splink import Linker


@dataclass(frozen=True)
class Learned:
    """A model that can score pairs, or the reason why there is none.

    `settings`: Splink's settings with the weights, as JSON; None when the records are too few or
    too alike to learn from, and `note` says why. `certain_pairs`: what the certain rules find.
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
        usable = _filled(engine, model)
        certain = engine.count_pairs(model.certain)
        try:
            settings = _trained(engine, usable, certain)
        except _TooFewError as reason:
            return Learned(None, str(reason), engine.count, certain)
        return Learned(json.dumps(settings, sort_keys=True), None, engine.count, certain)


def _filled(engine: Engine, model: MatchModel) -> MatchModel:
    """The model without comparisons whose columns are empty in all records."""
    kept = [c for c in model.comparisons if any(engine.is_filled(name) for name in c.columns)]
    return model.model_copy(update={"comparisons": kept})


def _trained(engine: Engine, model: MatchModel, certain: int) -> dict[str, Any]:
    if len(model.comparisons) < 2:
        raise _TooFewError("fewer than two of the compared columns hold a value")
    if certain < model.minimum_certain_pairs:
        raise _TooFewError(
            f"pairs of records that are surely one person: {certain}; to learn from,"
            f" {model.minimum_certain_pairs} are needed"
        )
    linker = engine.linker(splink_settings(model))
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
    _check_learned(linker, model.comparisons)
    settings = linker.misc.save_model_to_json()
    settings.pop("linker_uid", None)  # drawn at random, names nothing
    _fill_unseen(settings, certain)
    return settings


def _check_learned(linker: "Linker", comparisons: list[Compared]) -> None:
    """A comparison on whose levels no training pair fell would weigh by Splink's defaults."""
    learned = linker._settings_obj.comparisons
    for compared, comparison in zip(comparisons, learned, strict=True):
        levels = [level for level in comparison.comparison_levels if not level.is_null_level]
        if not any(level._has_estimated_m_values for level in levels):
            raise _TooFewError(
                f"no training rule yields pairs from which to learn the comparison {compared.name}"
            )


def _fill_unseen(settings: dict[str, Any], certain: int) -> None:
    """A level that no pair showed among matches is no sign of one: it never adds to a weight.

    Without this, Splink takes defaults for it that may add much.
    """
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            level.setdefault("u_probability", UNSEEN)
            level.setdefault("m_probability", min(level["u_probability"], 1 / certain))
