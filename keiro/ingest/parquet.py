"""Reads Parquet into `keiro_incoming`: scalars as their text, nested values as JSON text."""

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.sql import json_object, scalar
from keiro.ingest.stage import NOT_THE_CONTENT, Reading, Staged, StageQuery, stage
from keiro.ingest.table import map_fields

_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


def read_parquet(reading: Reading) -> Staged:
    """Stage the rows of a Parquet file. Raises KeiroError for damage or missing columns."""
    con, where = reading.con, reading.where
    file = quote_text(str(reading.path))
    source = f"read_parquet({file})"
    try:
        schema = con.execute(f"describe select * from {source}").fetchall()
        names = [str(row[0]) for row in schema]
        types = [str(row[1]) for row in schema]
        fields = map_fields(names, reading.obj, where)
        cells = [quote_identifier(name) for name in names]
        query = StageQuery(
            relation=source,
            columns={
                name: _text(cells[position], types[position])
                for name, position in fields.declared.items()
            }
            | fields.literals,
            extra=json_object(
                [
                    (label, f"to_json({cells[position]})::varchar")
                    for label, position in fields.extra
                ]
            ),
        )
        stage(reading, query)
        records = scalar(con, f"select sum(num_rows) from parquet_file_metadata({file})")
    except NOT_THE_CONTENT:
        raise
    except duckdb.Error as error:
        raise KeiroError(
            "the Parquet file is damaged", where=where, remedy="transfer the file again"
        ) from error
    notes = () if records else ("the file has columns and no rows",)
    return Staged(format="parquet", encoding=reading.encoding, records=records, notes=notes)


def _text(cell: str, kind: str) -> str:
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"to_json({cell})::varchar"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"({cell} at time zone 'UTC')::varchar || '+00'"
    return f"{cell}::varchar"
