"""Pieces of SQL that readers and the change log share."""

import json

import duckdb

from keiro.ingest.labels import quote_text


def json_object(entries: list[tuple[str, str]]) -> str:
    """SQL for the text of a JSON object, from labels and expressions of JSON text.

    Entries whose expression is null are left out; null where nothing is left.
    """
    if not entries:
        return "null::varchar"
    parts = [f"{quote_text(_json_key(label))} || ({expression})" for label, expression in entries]
    return f"'{{' || nullif(concat_ws(',', {', '.join(parts)}), '') || '}}'"


def _json_key(label: str) -> str:
    return json.dumps(label, ensure_ascii=False) + ":"


def scalar(con: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> int:
    """The single integer that a query returns: a count, or the rows that it wrote."""
    row = con.execute(sql, parameters).fetchone()
    return int(row[0]) if row else 0
