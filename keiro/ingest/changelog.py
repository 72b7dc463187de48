"""Raw as a change log: which rows of a file are new versions, which are known, which are unfit.

A row is known where its hash equals the version of its key that was valid at the file's date: the
newest by extraction date, then by load. Everything is decided by sets in DuckDB.
"""

from dataclasses import dataclass

import duckdb

from keiro.ingest.declarations import SourceObject
from keiro.ingest.deletions import (
    TOMBSTONE_HASH,
    VERSION,
    Delivery,
    find_vanished,
    hold_back,
    key_columns,
    store_tombstones,
)
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.schema import LINEAGE, QUARANTINE, SKIPPED_LINES, raw_table
from keiro.ingest.stage import SKIPPED, json_object, scalar

NULL_KEY, DUPLICATE_KEY, RAGGED_ROW, UNCHANGED = (
    "null_key",
    "duplicate_key",
    "ragged_row",
    "unchanged",
)
_MASK = "***"
_ROWS_SHOWN = 10


@dataclass(frozen=True)
class Verdicts:
    """Rows of a file by what became of them; `quarantined` by reason, with row numbers."""

    loaded: int
    unchanged: int
    skipped: int
    deleted: int
    quarantined: dict[str, int]
    notes: tuple[str, ...]


def apply_changes(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    delivery: Delivery,
    ragged: int,
    *,
    accepted: bool = False,
) -> Verdicts:
    """Store the new versions among the staged rows, quarantine the unfit ones, and mark deleted
    what the file no longer has.

    Runs within the caller's transaction, on the tables that a reader staged. Raises HeldBackError
    where the file lost a suspicious share and nobody `accepted` it.
    """
    deleted = _delete(con, obj, delivery, ragged, guarded=not accepted)
    set_apart = _judge(con, obj, delivery)
    loaded = _store(con, obj, delivery)
    if not set_apart and not ragged:
        return Verdicts(loaded, 0, 0, deleted, {}, ())
    if ragged:
        con.execute(
            "insert into temp.keiro_verdicts"
            f" select row_number, '{RAGGED_ROW}', null from temp.keiro_ragged"
        )
    counts = dict(
        con.execute("select verdict, count(*) from temp.keiro_verdicts group by 1").fetchall()
    )
    unchanged = counts.pop(UNCHANGED, 0)
    skipped = sum(counts.pop(reason, 0) for reason in SKIPPED)
    if counts:
        _quarantine(con, obj, delivery, ragged)
    notes = tuple(_note(con, obj, reason, counts[reason]) for reason in sorted(counts))
    return Verdicts(loaded, unchanged, skipped, deleted, counts, notes)


def _delete(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    delivery: Delivery,
    ragged: int,
    *,
    guarded: bool,
) -> int:
    """Mark deleted what a snapshot or a window no longer has; how many rows."""
    if not obj.restates:
        return 0
    vanished = find_vanished(con, obj, delivery, ragged)
    if guarded:
        hold_back(obj, vanished, delivery.file_name)
    return store_tombstones(con, obj, delivery) if vanished.rows else 0


def forget_quarantine(
    con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery
) -> None:
    """Delete the unfit rows of a file whose very content comes a second time, before it loads.

    The lines that were no rows go with them.
    """
    for table in (QUARANTINE, SKIPPED_LINES):
        con.execute(
            f"delete from {table} where source = ? and object = ? and file_name = ?"
            " and content_hash = ?",
            [obj.source, obj.object, delivery.file_name, delivery.content_hash],
        )


def store_again(
    con: duckdb.DuckDBPyConnection,
    obj: SourceObject,
    delivery: Delivery,
    ragged: int,
    seq_before: int,
) -> tuple[int, int]:
    """Store the staged rows that differ by now from the version before them.

    For a file that was loaded before an earlier one came in; as it was let in then, nothing is
    held back now. Gives the number of its rows and of its tombstones that raw holds since
    `seq_before`, when the same content was loaded the time before; the unfit rows are in
    quarantine since the first time.
    """
    _delete(con, obj, delivery, ragged, guarded=False)
    _judge(con, obj, delivery)
    _store(con, obj, delivery)
    row = con.execute(
        "select count(distinct _row_number) filter (not _is_deleted),"
        f" count(distinct ({', '.join(key_columns(obj))})) filter (_is_deleted)"
        f" from {raw_table(obj)} where _file_name = $file_name"
        " and _content_hash = $content_hash and _load_seq > $seq_before",
        {
            "file_name": delivery.file_name,
            "content_hash": delivery.content_hash,
            "seq_before": seq_before,
        },
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _judge(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> int:
    """Fill `keiro_verdicts` with each staged row that is not to be stored; how many there are."""
    keys = key_columns(obj)
    key = ", ".join(keys)
    whole = " and ".join(f"{name} is not null" for name in keys)
    null_case = " ".join(
        f"when {quote_identifier(name)} is null then {quote_text(name)}" for name in obj.primary_key
    )
    null_column = f"case {null_case} end" if null_case else "null::varchar"
    key_names = quote_text(", ".join(obj.primary_key)) if obj.primary_key else "null::varchar"
    # The repeated keys come from a grouping of their own, since they are few: a window over the
    # whole file would sort it.
    return scalar(
        con,
        f"""
        create or replace temp table keiro_verdicts as
        with
        repeated as (
            select {key}, min(_row_number) as first_row,
                count(distinct _row_hash) > 1 as is_conflict
            from temp.keiro_rows where _fault is null and {whole}
            group by {key} having count(*) > 1
        ),
        known as (
            select {key},
                arg_max(if(_is_deleted, {TOMBSTONE_HASH}, _row_hash), {VERSION}) as known_hash
            from {raw_table(obj)}
            semi join temp.keiro_rows using ({key})
            where $day is null or _extracted_at is null or _extracted_at <= $day
            group by {key}
        ),
        judged as (
            select r._row_number,
                case
                    when r._fault is not null then r._fault
                    when not ({whole}) then '{NULL_KEY}'
                    when d.is_conflict then '{DUPLICATE_KEY}'
                    when d.first_row < r._row_number then '{UNCHANGED}'
                    when k.known_hash = r._row_hash then '{UNCHANGED}'
                end as verdict,
                case
                    when r._fault is not null then null
                    when d.is_conflict then {key_names}
                    else {null_column}
                end as column_name
            from temp.keiro_rows r
            left join repeated d using ({key})
            left join known k using ({key})
        )
        select _row_number, verdict, column_name from judged where verdict is not null
        """,
        {"day": delivery.extracted_at},
    )


def _store(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> int:
    names = [quote_identifier(column.name) for column in obj.columns]
    target = ", ".join([*names, *LINEAGE])
    return scalar(
        con,
        f"""
        insert into {raw_table(obj)} ({target})
        select {", ".join(names)}, _extra, $file_name, $content_hash, _row_number, $day::date,
            _row_hash, $load_seq, $loaded_at, false
        from temp.keiro_rows anti join temp.keiro_verdicts using (_row_number)
        """,
        delivery.parameters,
    )


def _quarantine(
    con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery, ragged: int
) -> None:
    entries = [(c.name, f"to_json({quote_identifier(c.name)})") for c in obj.columns]
    raw_rows = (
        f"select _row_number as row_number, {json_object([*entries, ('_extra', '_extra')])}"
        " as raw_row from temp.keiro_rows"
    )
    if ragged:
        raw_rows += " union all select row_number, raw_row from temp.keiro_ragged"
    con.execute(
        f"""
        insert into {QUARANTINE}
        select $source, $object, $file_name, $content_hash, v._row_number, v.column_name,
            v.verdict, r.raw_row, $loaded_at
        from temp.keiro_verdicts v
        join ({raw_rows}) r on r.row_number = v._row_number
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


def _not_quarantined() -> str:
    return ", ".join(quote_text(verdict) for verdict in (*SKIPPED, UNCHANGED))


def _note(con: duckdb.DuckDBPyConnection, obj: SourceObject, reason: str, count: int) -> str:
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
