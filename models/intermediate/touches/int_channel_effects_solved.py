"""What the share of paths that convert loses where a channel is taken away."""

from keiro.attribution import removal_effects


def model(dbt, session):
    """One row per channel on the paths; see `keiro.attribution.removal_effects`."""
    dbt.config(materialized="table")
    return removal_effects(dbt.ref("int_channel_transitions_counted").to_arrow_table())
