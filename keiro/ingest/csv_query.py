"""SQL over the cells of a CSV table: declared columns, the others, and what is no row of data."""

import re
from dataclasses import dataclass

from keiro.ingest.csv_head import CsvTable
from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.sql import json_object
from keiro.ingest.stage import BLANK, DOUBTFUL, FOOTER, REPEATED_HEADER, StageQuery

_BLANKS = " \\t\u00a0\u3000"


@dataclass(frozen=True)
class CellQuery:
    """A table's rows as a relation of the cells c0, c1, … and perhaps their position."""

    table: CsvTable
    relation: str
    position: str | None = None


def strict_query(obj: SourceObject, part: CellQuery) -> StageQuery:
    """For a file that is hoped to be one plain table: rows that raise doubt are marked."""
    return _filled(obj, _query(obj, part, _doubts(obj, part.table)), is_ordered=True)


def careful_query(obj: SourceObject, parts: list[CellQuery]) -> StageQuery:
    """For tables whose rows were told apart one by one; their positions are known."""
    selects = []
    for part in parts:
        query = _query(obj, part, [])
        columns = [
            f"{query.columns.get(column.name, 'null::varchar')} as {quote_identifier(column.name)}"
            for column in obj.columns
        ]
        selects.append(
            f"select {', '.join(columns)}, {query.extra} as _extra, {query.fault} as _fault,"
            f" {part.position} as _place from {query.relation}"
        )
    return _filled(
        obj,
        StageQuery(
            relation=f"({' union all '.join(selects)})",
            columns={c.name: quote_identifier(c.name) for c in obj.columns},
            extra="_extra",
            fault="_fault",
            row_number="_place",
        ),
        is_ordered=False,
    )


def _query(obj: SourceObject, part: CellQuery, doubts: list[str]) -> StageQuery:
    table = part.table
    declared = {name: f"c{position}" for name, position in table.fields.declared.items()}
    return StageQuery(
        relation=part.relation,
        columns=declared | table.fields.literals,
        extra=json_object(
            [
                (label, f"to_json(c{position})")
                for label, position in table.fields.extra
                if position < table.width
            ]
        ),
        fault=_fault(obj, table, doubts),
    )


def _fault(obj: SourceObject, table: CsvTable, doubts: list[str]) -> str:
    """Which lines of the file are no rows: blank ones, totals, the header once more.

    Nearly all rows are told by a glance at one or two cells.
    """
    cells = [f"c{index}" for index in range(table.width)]
    cases = [f"when coalesce({', '.join(cells)}) is null then '{BLANK}'"]
    if obj.totals:
        starts = " or ".join(
            f"coalesce(starts_with(ltrim({cell}), {quote_text(prefix)}), false)"
            for cell in cells
            for prefix in obj.totals
        )
        cases.append(f"when {starts} then '{FOOTER}'")
    for row in table.header:
        labels = [*row, *[""] * (table.width - len(row))]
        same = " and ".join(
            f"{cell} is not distinct from nullif({quote_text(label)}, '')"
            for cell, label in zip(cells, labels, strict=False)
        )
        cases.append(f"when {same} then '{REPEATED_HEADER}'")
    closely = f"case {' '.join([*cases, *doubts])} end"
    if obj.totals or obj.footer:
        return closely
    glances = [f"{cells[position]} is null" for position in _telling_cells(obj, table)]
    return f"case when {' or '.join([*glances, *_glances(obj, table)])} then {closely} end"


def _doubts(obj: SourceObject, table: CsvTable) -> list[str]:
    """Rows that may be a header in another order or language, or a footer of as many cells.

    A header's cells are labels wherever they stand, so that two cells tell: the first one and
    that of the key. One regular expression costs less than a list of texts, in small files too.
    """
    doubts = []
    if table.header and obj.header_rows == 1:
        pattern = quote_text(f"(?i){'|'.join(map(re.escape, sorted(_labels(obj, table))))}")
        doubts = [
            f"regexp_full_match(c{position}, {pattern})" for position in _telling_cells(obj, table)
        ]
    if obj.footer:
        # DuckDB refuses what only Python's expressions know; the file is then looked through.
        pattern = quote_text("|".join(f"(?:{pattern})" for pattern in obj.footer))
        first = f"coalesce({', '.join(f'c{position}' for position in range(table.width))})"
        doubts.append(f"regexp_matches(trim({first}), {pattern})")
    return [f"when {' or '.join(doubts)} then '{DOUBTFUL}'"] if doubts else []


def _telling_cells(obj: SourceObject, table: CsvTable) -> list[int]:
    """The positions of the first cell and that of the key."""
    needed = [*obj.primary_key, *(column.name for column in obj.required_columns)]
    key = next((table.fields.declared[n] for n in needed if n in table.fields.declared), 0)
    return sorted({key, 0})


def _labels(obj: SourceObject, table: CsvTable) -> set[str]:
    """What stands or may stand in a header."""
    declared = {label for column in obj.columns for label in (column.name, *column.aliases)}
    return declared | {label for label in table.fields.labels if label.strip()}


def _glances(obj: SourceObject, table: CsvTable) -> list[str]:
    """Whether a telling cell has the length of a label and does not begin before all of them."""
    if not table.header:
        return []
    labels = _labels(obj, table) | {label for row in table.header for label in row if label}
    forms = [form for label in labels for form in (label, label.lower(), label.upper())]
    lengths = sorted(len(form.encode()) for form in forms)
    first = quote_text(min(forms)[0])
    return [
        f"strlen(c{position}) between {lengths[0]} and {lengths[-1]} and c{position} >= {first}"
        for position in _telling_cells(obj, table)
    ]


def _filled(obj: SourceObject, query: StageQuery, *, is_ordered: bool) -> StageQuery:
    """The query with blanks of merged cells filled from the row above, as declared.

    Lines that are no rows neither give nor take. With `record_start`, which is filled as well, a
    record's first row keeps its blanks, and its values go no further than the record.
    """
    if not obj.fill_down:
        return query
    columns = [
        f"{query.columns.get(column.name, 'null::varchar')} as {quote_identifier(column.name)}"
        for column in obj.columns
    ]
    place = "row_number() over ()" if is_ordered else str(query.row_number)
    window = "order by _place rows unbounded preceding"
    record, names = "0", obj.fill_down
    if obj.record_start is not None:
        names = (*names, obj.record_start)
        begins = f"_fault is null and {_not_blank(obj.record_start)} is not null"
        record = f"count(*) filter ({begins}) over ({window})"
    filled = {
        name: f"case when _fault is null then coalesce({_not_blank(name)},"
        f" last_value(case when _fault is null then {_not_blank(name)} end ignore nulls)"
        f" over (partition by _record {window})) else {quote_identifier(name)} end"
        for name in names
    }
    return StageQuery(
        relation=f"(select *, {record} as _record from (select {', '.join(columns)},"
        f" {query.extra} as _extra, {query.fault} as _fault, {place} as _place"
        f" from {query.relation}))",
        columns={c.name: filled.get(c.name, quote_identifier(c.name)) for c in obj.columns},
        extra="_extra",
        fault="_fault",
        row_number="_place",
    )


def _not_blank(name: str) -> str:
    cell = quote_identifier(name)
    return f"case when trim({cell}, e'{_BLANKS}') <> '' then {cell} end"
