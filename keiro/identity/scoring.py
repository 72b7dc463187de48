"""Gives pairs of records the probability that they are one person, and says why."""

import json
from typing import TYPE_CHECKING, Any

from keiro.identity.engine import Engine
from keiro.identity.learning import learn
from keiro.identity.model import MatchModel

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 9  # of a probability: what differs beyond is the noise of a sum


def match(records: "pa.Table", model: MatchModel, threshold: float) -> "pa.Table":
    """Learn and score in one go; no row where there is too little to learn from."""
    return score(records, model.id_column, learn(records, model).settings, threshold)


def score(
    records: "pa.Table", id_column: str, settings: str | None, threshold: float
) -> "pa.Table":
    """The pairs of at least this probability, by the weights that were learned.

    `settings`: of `Learned`; None gives no pair. Columns: left_record_id, right_record_id (text,
    the left one the lesser), match_probability (0 to 1), match_weight (log2 of the odds), weights
    (JSON: what each comparison adds to the weight). No value that was compared is in it.
    """
    if settings is None:
        return no_pairs()
    learned = json.loads(settings)
    with Engine(records, id_column) as engine:
        linker = engine.linker(learned)
        predicted = linker.inference.predict(
            threshold_match_probability=threshold, warning_mode="never"
        )
        sql = _pairs_sql(predicted.physical_name, id_column, learned["comparisons"])
        return engine.con.sql(sql).to_arrow_table()


def no_pairs() -> "pa.Table":
    """The table of `score` without a row."""
    import pyarrow as pa

    text = ("left_record_id", "right_record_id", "weights")
    numbers = ("match_probability", "match_weight")
    schema = pa.schema([*((n, pa.string()) for n in text), *((n, pa.float64()) for n in numbers)])
    return schema.empty_table()


def _pairs_sql(predicted: str, id_column: str, comparisons: list[dict[str, Any]]) -> str:
    names = [str(comparison["output_column_name"]) for comparison in comparisons]
    # A comparison without adjustment by frequency has no column for it.
    shares = ", ".join(
        f"'{name}', round(mw_{name}"
        + (f" + mw_tf_adj_{name}" if _is_adjusted(comparison) else "")
        + ", 3)"
        for name, comparison in zip(names, comparisons, strict=True)
    )
    left, right = f"cast({id_column}_l as varchar)", f"cast({id_column}_r as varchar)"
    return f"""
        select
            least({left}, {right}) as left_record_id,
            greatest({left}, {right}) as right_record_id,
            cast(json_object({shares}) as varchar) as weights,
            round(match_probability, {DIGITS}) as match_probability,
            round(match_weight, {DIGITS}) as match_weight
        from {predicted}
        order by left_record_id, right_record_id
    """


def _is_adjusted(comparison: dict[str, Any]) -> bool:
    return any("tf_adjustment_column" in level for level in comparison["comparison_levels"])
