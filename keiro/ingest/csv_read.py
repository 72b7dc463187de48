"""Reads the rows of a located CSV table into `keiro_incoming`.

Two ways: DuckDB's parallel reader in strict mode, for files that follow RFC 4180; and for those
that it refuses (ragged rows, mixed line ends, text after a closing quote), Arrow's reader, which
hands over each row that does not fit. An independent count of the records tells whether the first
way saw every row.
"""

import json
from pathlib import Path
from typing import Any

import duckdb

from keiro.errors import KeiroError
from keiro.ingest.count import count_by_parsing, count_records
from keiro.ingest.csv_head import CsvTable, find_table, split_cells
from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.stage import (
    BLANK,
    FOOTER,
    NOT_THE_CONTENT,
    REPEATED_HEADER,
    Reading,
    Staged,
    StageQuery,
    json_object,
    stage,
)

# The longest record that the careful way can read.
_BLOCK = 1 << 25


def read_csv(reading: Reading) -> Staged:
    """Stage the rows of a UTF-8 CSV file. Raises KeiroError where it cannot be read for certain."""
    table = find_table(reading.path, reading.obj, reading.where)
    count = count_records(reading.path, table.body_offset)
    ragged = skipped = 0
    if not count.paired or _read_strictly(reading, table) != count.records:
        if not count.paired:
            count = count_by_parsing(reading.path, table.body_offset, table.delimiter)
        if not count.paired:
            raise KeiroError(
                "a cell's quotation mark is opened and not closed, or the file is cut off",
                where=reading.where,
                remedy="export the file again, with quotation marks doubled within cells",
            )
        rows, ragged, skipped = _read_carefully(reading, table)
        seen = rows + ragged + skipped
        if seen != count.records:
            count = count_by_parsing(reading.path, table.body_offset, table.delimiter)
        if seen != count.records:
            raise KeiroError(
                f"the rows cannot be told apart: one reader finds {seen}, another {count.records}",
                where=reading.where,
                remedy="export the file again, with quotation marks doubled within cells and"
                " one kind of line end",
            )
    records = count.records
    notes = () if records else ("the file has a header and no rows",)
    return Staged(
        format="csv",
        encoding=reading.encoding,
        records=records - skipped,
        ragged=ragged,
        skipped=table.preamble_lines + skipped,
        notes=notes,
    )


def _read_strictly(reading: Reading, table: CsvTable) -> int | None:
    """Number of rows that DuckDB's strict reader staged; None where it refuses the file."""
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(table.width))
    relation = (
        f"read_csv({quote_text(str(reading.path))}, auto_detect = false, header = false,"
        f" skip = {table.body_line}, delim = {quote_text(table.delimiter)}, quote = '\"',"
        f" escape = '\"', strict_mode = true, compression = 'none', columns = {{{columns}}})"
    )
    try:
        return stage(reading, _query(reading.obj, table, relation))
    except NOT_THE_CONTENT:
        raise
    except duckdb.Error:
        return None


def _query(
    obj: SourceObject, table: CsvTable, relation: str, row_number: str | None = None
) -> StageQuery:
    return StageQuery(
        relation=relation,
        columns={name: f"c{position}" for name, position in table.fields.declared.items()},
        extra=json_object(
            [(label, f"to_json(c{position})") for label, position in table.fields.extra]
        ),
        fault=_fault(obj, table),
        row_number=row_number,
    )


def _fault(obj: SourceObject, table: CsvTable) -> str:
    """Which lines of the file are no rows: blank ones, totals, the header once more."""
    cells = [f"c{index}" for index in range(table.width)]
    cases = [f"when coalesce({', '.join(cells)}) is null then '{BLANK}'"]
    if obj.totals:
        starts = " or ".join(
            f"coalesce(starts_with(ltrim({cell}), {quote_text(prefix)}), false)"
            for cell in cells
            for prefix in obj.totals
        )
        cases.append(f"when {starts} then '{FOOTER}'")
    if obj.header is None:
        same = " and ".join(
            f"{cell} is not distinct from nullif({quote_text(label)}, '')"
            for cell, label in zip(cells, table.fields.labels, strict=True)
        )
        cases.append(f"when {same} then '{REPEATED_HEADER}'")
    return f"case {' '.join(cases)} end"


def _read_carefully(reading: Reading, table: CsvTable) -> tuple[int, int, int]:
    """Rows staged, ragged rows put aside, footers among those that do not fit."""
    con = reading.con
    spool = reading.scratch / "ragged.ndjson"
    misfits = _parse_with_arrow(reading, table, spool)
    ragged, skipped = _put_aside(reading, table, spool, misfits)
    relation = "temp.keiro_parsed p"
    number = "p.rowid + 1"
    if misfits:
        # A misfit on position p, the k-th of its kind, comes before the good rows from p - k + 1
        # on: each good row moves down by the number of misfits before it.
        con.execute(
            "create or replace temp table keiro_shifts as"
            " select position - shift + 1 as first_row, max(shift) as shift"
            " from (select position, row_number() over (order by position) as shift"
            " from temp.keiro_misfits) group by first_row"
        )
        relation += " asof left join temp.keiro_shifts s on p.rowid + 1 >= s.first_row"
        number = "p.rowid + 1 + coalesce(s.shift, 0)"
    rows = stage(reading, _query(reading.obj, table, relation, number))
    con.execute("drop table temp.keiro_parsed")
    return rows, ragged, skipped


def _parse_with_arrow(reading: Reading, table: CsvTable, spool: Path) -> int:
    """Fill `keiro_parsed` with the rows that fit the header; the others go to the spool file."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = [f"c{index}" for index in range(table.width)]
    misfits = 0
    cells = ", ".join(f"nullif({quote_identifier(name)}, '') as {name}" for name in names)
    with reading.path.open("rb") as stream, spool.open("w", encoding="utf-8") as aside:

        def put_aside(row: Any) -> str:
            nonlocal misfits
            misfits += 1
            aside.write(json.dumps({"position": row.number, "text": row.text}) + "\n")
            return "skip"

        stream.seek(table.body_offset)
        try:
            reader = arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    column_names=names, use_threads=False, block_size=_BLOCK
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=table.delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=put_aside,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={name: pa.string() for name in names},
                    strings_can_be_null=False,
                ),
            )
            reading.con.register("keiro_arrow", reader)
            reading.con.execute(
                f"create or replace temp table keiro_parsed as select {cells} from keiro_arrow"
            )
        except NOT_THE_CONTENT:
            raise
        except (pa.ArrowInvalid, duckdb.Error) as error:
            # The reader's own text may quote a person's row: it is not passed on.
            raise KeiroError(
                f"the rows cannot be read as CSV with the delimiter {table.delimiter!r}",
                where=reading.where,
                remedy="export the file again; check it for a quotation mark that is not closed",
            ) from error
        finally:
            reading.con.unregister("keiro_arrow")
    return misfits


def _put_aside(reading: Reading, table: CsvTable, spool: Path, misfits: int) -> tuple[int, int]:
    """Sort the misfits into ragged rows (to `keiro_ragged`) and footers; how many of each."""
    con = reading.con
    con.execute("create or replace temp table keiro_misfits (position bigint, text varchar)")
    con.execute("create or replace temp table keiro_ragged (row_number bigint, raw_row varchar)")
    if not misfits:
        return 0, 0
    ragged = 0
    sorted_out = spool.with_suffix(".rows")
    with spool.open(encoding="utf-8") as lines, sorted_out.open("w", encoding="utf-8") as kept:
        for line in lines:
            misfit = json.loads(line)
            cells = split_cells(misfit["text"], table.delimiter)
            if not _is_no_row(cells, reading.obj):
                ragged += 1
                raw = json.dumps(cells, ensure_ascii=False)
                kept.write(json.dumps({"row_number": misfit["position"], "raw_row": raw}) + "\n")
    _copy_json(con, "keiro_misfits", spool, "position: 'BIGINT', text: 'VARCHAR'")
    if ragged:
        _copy_json(con, "keiro_ragged", sorted_out, "row_number: 'BIGINT', raw_row: 'VARCHAR'")
    return ragged, misfits - ragged


def _is_no_row(cells: list[str], obj: SourceObject) -> bool:
    texts = [cell.strip() for cell in cells]
    return not any(texts) or any(text.startswith(tuple(obj.totals)) for text in texts)


def _copy_json(con: duckdb.DuckDBPyConnection, table: str, path: Path, columns: str) -> None:
    con.execute(
        f"insert into temp.{table} select * from read_json({quote_text(str(path))},"
        f" format = 'newline_delimited', columns = {{{columns}}})"
    )
