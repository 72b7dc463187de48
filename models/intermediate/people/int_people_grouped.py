"""Which linked records are one person, and which link holds each of them."""

from keiro.identity.grouping import group

LINKED = ("left_position", "right_position", "rule", "match_probability")


def model(dbt, session):
    """One row per record that is not alone; see `keiro.identity.grouping.group`."""
    dbt.config(materialized="table")
    links = dbt.ref("int_people_linked").project(", ".join(LINKED))
    return group(
        links.filter("rule != 'different'").to_arrow_table(),
        links.filter("rule = 'different'").to_arrow_table(),
    )
