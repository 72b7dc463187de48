"""What agreeing and differing in each compared thing is worth, learned from the records."""

import pandas as pd

COLUMNS = {
    "is_usable": "boolean",
    "note": "string",
    "record_count": "Int64",
    "certain_pair_count": "Int64",
    "settings": "string",
}


def model(dbt, session):
    """One row (none while no threshold is set); see `keiro.identity.learning.learn`.

    is_usable, note (why there is nothing to match by, or what is left out), record_count,
    certain_pair_count, settings (JSON: levels with their m and u, no value of a record).
    """
    dbt.config(materialized="table")
    threshold = dbt.config.get("threshold")
    declared = dbt.config.get("match_model")
    features = dbt.ref("int_people_features")
    rows = []
    if float(threshold) > 0:
        # Imported only where people are matched: it costs a second.
        from keiro.identity.learning import learn
        from keiro.identity.model import read_model

        learned = learn(features.to_arrow_table(), read_model(declared, "int_people_weights_learned"))
        rows.append(
            {
                "is_usable": learned.settings is not None,
                "note": learned.note,
                "record_count": learned.records,
                "certain_pair_count": learned.certain_pairs,
                "settings": learned.settings,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
