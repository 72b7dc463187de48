"""Reads newline-delimited JSON into `keiro_incoming`, in one pass where its fields are regular.

Scalars become their text, nested values JSON text. Fields are matched by name and alias; top-level
fields that nothing declares go to `_extra`, with their JSON type kept.
"""

import re

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.sql import json_object
from keiro.ingest.stage import (
    NOT_AN_OBJECT,
    NOT_THE_CONTENT,
    REPEATED_FIELD,
    Reading,
    Staged,
    StageQuery,
    discard,
    stage,
)
from keiro.ingest.table import FieldMap, map_fields

# Lines from which the fields are told; more of them cost more than the rare second pass.
_SAMPLE = 1000


def read_ndjson(reading: Reading) -> Staged:
    """Stage the rows of an NDJSON file. Raises KeiroError for malformed lines or missing fields."""
    try:
        rows = _read_at_once(reading)
        if rows is None:
            rows = _read_twice(reading)
    except NOT_THE_CONTENT:
        raise
    except duckdb.Error as error:
        raise _malformed(str(error), reading.where) from error
    return Staged(format="ndjson", encoding=reading.encoding, records=rows)


def _read_at_once(reading: Reading) -> int | None:
    """Number of rows, if no line has a field that the first lines lack, or any field twice.

    DuckDB's reader refuses both where it found out the fields itself; it is asked for JSON, which
    keeps each value as it is.
    """
    source = (
        f"read_json({quote_text(str(reading.path))}, format = 'newline_delimited',"
        " records = true, compression = 'uncompressed', maximum_depth = 1,"
        f" sample_size = {_SAMPLE})"
    )
    try:
        described = reading.con.execute(f"describe select * from {source}").fetchall()
        names = [str(name) for name, *_ in described]
        if _may_be_renamed(names):
            return None
        fields = map_fields(names, reading.obj, reading.where)
        cells = {
            name: _text_of(quote_identifier(fields.labels[position]))
            for name, position in fields.declared.items()
        }
        query = StageQuery(source, cells | fields.literals, extra=_extra(fields))
        return stage(reading, query)
    except NOT_THE_CONTENT:
        raise
    except (duckdb.Error, KeiroError):
        discard(reading)
        return None


def _may_be_renamed(names: list[str]) -> bool:
    """Whether fields may differ only in case: DuckDB would number all but the first of them."""
    taken = {name.casefold() for name in names}
    return any(re.sub(r"_\d+$", "", name.casefold()) in taken - {name.casefold()} for name in names)


def _text_of(cell: str) -> str:
    """SQL for the text of a JSON value; few strings have anything escaped in them."""
    text = f"{cell}::varchar"
    return (
        f"case when not starts_with({text}, '\"') then {text}"
        f" when not contains({text}, '\\') then ({text})[2:-2] else {cell}->>'$' end"
    )


def _extra(fields: FieldMap) -> str:
    """SQL for the fields that nothing declares, as JSON."""
    return json_object(
        [
            (label, f"{quote_identifier(fields.labels[position])}::varchar")
            for label, position in fields.extra
        ]
    )


def _read_twice(reading: Reading) -> int:
    """Number of rows of any file of JSON objects: its fields are looked for in all lines first."""
    source = f"read_ndjson_objects({quote_text(str(reading.path))}, compression = 'uncompressed')"
    shapes = reading.con.execute(
        f"select json_keys(json) as keys from {source} group by all"
    ).fetchall()
    names = sorted({key for (keys,) in shapes for key in keys or []})
    fields = map_fields(names, reading.obj, reading.where)
    # A line without keys may be no object; asking each line for its type would parse it again.
    odd = len({name.casefold() for name in names}) < len(names) or any(
        not keys or len(set(keys)) < len(keys) for (keys,) in shapes
    )
    return stage(reading, _odd_lines(fields, source) if odd else _plain(fields, reading))


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
        extra=_extra(fields),
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
