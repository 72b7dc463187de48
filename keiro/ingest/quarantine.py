"""The quarantine: rows of a file that cannot be used, with the reason, and what the log says."""

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.delivery import Delivery
from keiro.ingest.judge import DUPLICATE_KEY, UNCHANGED
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import QUARANTINE
from keiro.ingest.sql import json_object
from keiro.ingest.stage import SKIPPED

_MASK = "***"
_ROWS_SHOWN = 10


def put_aside(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    delivery: Delivery,
    ragged: int,
) -> None:
    """Write the rows with a verdict against them to the quarantine, whole, with the reason."""
    con.execute(
        f"""
        insert into {QUARANTINE}
        select $source, $object, $file_name, $content_hash, v._row_number, v.column_name,
            v.verdict, r.raw_row, $loaded_at
        from temp.keiro_verdicts v
        join ({" union all ".join(_raw_rows(obj, ragged))}) r
            on r.row_number = v._row_number
        where v.verdict not in ({_not_quarantined()})
        order by v._row_number
        """,
        {
            "source": obj.source,
            "object": obj.object,
            "file_name": delivery.file_name,
            "content_hash": delivery.content_hash,
            "loaded_at": delivery.loaded_at,
        },
    )


def _raw_rows(obj: SourceObject, ragged: int) -> list[str]:
    """Queries of row numbers and whole rows as JSON, each row in one of them."""
    entries = [(c.name, f"to_json({quote_identifier(c.name)})") for c in obj.columns]
    raw_row = json_object([*entries, ("_extra", "_extra")])
    staged = f"select _row_number as row_number, {raw_row} as raw_row from temp.keiro_rows"
    queries = [staged]
    if ragged:
        queries.append("select row_number, raw_row from temp.keiro_ragged")
    return queries


def _not_quarantined() -> str:
    return ", ".join(quote_text(verdict) for verdict in (*SKIPPED, UNCHANGED))


def note_of(con: duckdb.DuckDBPyConnection, obj: SourceObject, reason: str, count: int) -> str:
    """A line for the log: how many rows, which ones, and for a conflict its first key."""
    rows = con.execute(
        "select _row_number from temp.keiro_verdicts where verdict = $reason"
        f" order by 1 limit {_ROWS_SHOWN}",
        {"reason": reason},
    ).fetchall()
    shown = ", ".join(str(row[0]) for row in rows)
    more = ", …" if count > len(rows) else ""
    note = f"{count} quarantined: {reason} (rows {shown}{more})"
    if reason == DUPLICATE_KEY:
        note += f", first with {_shown_key(con, obj, int(rows[0][0]))}"
    return note


def _shown_key(con: duckdb.DuckDBPyConnection, obj: SourceObject, row_number: int) -> str:
    """The key of a row, with the values of personal columns masked."""
    names = ", ".join(quote_identifier(name) for name in obj.primary_key)
    values = con.execute(
        f"select {names} from temp.keiro_rows where _row_number = $row", {"row": row_number}
    ).fetchone()
    return ", ".join(
        f"{name} = {_MASK if name in obj.personal_columns else repr(value)}"
        for name, value in zip(obj.primary_key, values or (), strict=True)
    )
