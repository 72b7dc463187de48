"""Reads newline-delimited JSON into `keiro_incoming`: a pass for the fields, one for the values.

Scalars become their text, nested values JSON text. Fields are matched by name and alias; top-level
fields that nothing declares go to `_extra`, with their JSON type kept.
"""

import re

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.stage import NOT_THE_CONTENT, Reading, Staged, StageQuery, json_object, stage
from keiro.ingest.table import FieldMap, map_fields

NOT_AN_OBJECT, REPEATED_FIELD = "not_an_object", "repeated_field"


def read_ndjson(reading: Reading) -> Staged:
    """Stage the rows of an NDJSON file. Raises KeiroError for malformed lines or missing fields."""
    source = f"read_ndjson_objects({quote_text(str(reading.path))}, compression = 'uncompressed')"
    try:
        shapes = reading.con.execute(
            f"select json_keys(json) as keys from {source} group by all"
        ).fetchall()
        names = sorted({key for (keys,) in shapes for key in keys or []})
        fields = map_fields(names, reading.obj, reading.where)
        # A line without keys may be no object; asking each line for its type would parse it again.
        odd = len({name.casefold() for name in names}) < len(names) or any(
            not keys or len(set(keys)) < len(keys) for (keys,) in shapes
        )
        rows = stage(reading, _odd_lines(fields, source) if odd else _plain(fields, reading))
    except NOT_THE_CONTENT:
        raise
    except duckdb.Error as error:
        raise _malformed(str(error), reading.where) from error
    return Staged(format="ndjson", encoding=reading.encoding, records=rows)


def _plain(fields: FieldMap, reading: Reading) -> StageQuery:
    """Objects whose fields have one name each: DuckDB's reader gives them as columns."""
    labels = fields.labels
    declared = [quote_text(labels[position]) for position in fields.declared.values()]
    extra = [quote_text(labels[position]) for _, position in fields.extra]
    columns = [f"{name}: 'VARCHAR'" for name in declared] + [f"{name}: 'JSON'" for name in extra]
    return StageQuery(
        relation=f"read_json({quote_text(str(reading.path))}, format = 'newline_delimited',"
        f" records = true, compression = 'uncompressed', columns = {{{', '.join(columns)}}})",
        columns={
            name: quote_identifier(labels[position]) for name, position in fields.declared.items()
        }
        | fields.literals,
        extra=json_object(
            [
                (label, f"{quote_identifier(labels[position])}::varchar")
                for label, position in fields.extra
            ]
        ),
    )


def _odd_lines(fields: FieldMap, source: str) -> StageQuery:
    """Lines that are no objects, repeat a field, or have fields that differ only in case.

    Each line is parsed once: all values come out of it as one list of texts and one of JSON.
    """
    declared = list(fields.declared.items())
    texts = [_pointer(fields.labels[position]) for _, position in declared]
    jsons = [_pointer(fields.labels[position]) for _, position in fields.extra]
    lists = [
        f"json_extract_string(json, {_list(texts)}) as texts",
        f"json_extract(json, {_list(jsons)}) as jsons",
    ]
    return StageQuery(
        relation=f"(select json, {', '.join(lists)} from {source})",
        columns={name: f"texts[{n}]" for n, (name, _) in enumerate(declared, start=1)}
        | fields.literals,
        extra=json_object(
            [
                (label, f"nullif(jsons[{n}]::varchar, 'null')")
                for n, (label, _) in enumerate(fields.extra, start=1)
            ]
        ),
        fault=f"case when json_type(json) <> 'OBJECT' then '{NOT_AN_OBJECT}'"
        f" when len(list_distinct(json_keys(json))) < len(json_keys(json))"
        f" then '{REPEATED_FIELD}' end",
    )


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _list(pointers: list[str]) -> str:
    return f"[{', '.join(quote_text(pointer) for pointer in pointers)}]::varchar[]"


def _malformed(message: str, where: str) -> KeiroError:
    """DuckDB's message without the content of the line, which may be personal."""
    line = re.search(r"in line (\d+)", message)
    cut = "unexpected end of data" in message
    what = "a line is cut off within its JSON" if cut else "not valid JSON"
    # DuckDB 2.0 counts one too many, and leaves out blank lines, as row numbers do.
    place = f" (row {int(line.group(1)) - 1})" if line else ""
    return KeiroError(
        f"{what}{place}",
        where=where,
        remedy="transfer the file again" if cut else "write one JSON object on each line",
    )
