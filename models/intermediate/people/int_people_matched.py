"""Pairs of records that may be one person although they share no key, with their probability."""

from keiro.identity.scoring import no_pairs

LOWEST = 0.5  # kept below the threshold too, so that a lower one can be judged


def model(dbt, session):
    """One row per pair; see `keiro.identity.scoring.score` for its columns."""
    dbt.config(materialized="table")
    threshold = float(dbt.config.get("threshold"))
    learned = dbt.ref("int_people_weights_learned")
    features = dbt.ref("int_people_features")
    if threshold <= 0:
        return no_pairs()
    from keiro.identity.scoring import score

    settings = learned.project("settings").fetchall()[0][0]
    return score(features.to_arrow_table(), "record_id", settings, min(threshold, LOWEST))
