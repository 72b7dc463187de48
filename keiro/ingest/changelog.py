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
    find_vanished,
    hold_back,
    key_columns,
    store_tombstones,
)
from keiro.ingest.delivery import Delivery, DirectLoad
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
    obj: SourceObject, direct: DirectLoad, ragged: int, *, accepted: bool = False
) -> Verdicts:
    """Store the new versions among the staged rows, quarantine the unfit ones, and mark deleted
    what the file no longer has.

    Runs within the caller's transaction, on the tables that a reader staged. Raises HeldBackError
    where the file lost a suspicious share and nobody `accepted` it.
    """
    con, delivery = direct.con, direct.delivery
    deleted = 0
    if not direct.is_open:
        deleted = _delete(con, obj, delivery, ragged, guarded=not accepted)
    counts = _judge(con, obj, delivery)
    if ragged:
        counts[RAGGED_ROW] = ragged
        con.execute(
            "insert into temp.keiro_verdicts"
            f" select row_number, '{RAGGED_ROW}', null from temp.keiro_ragged"
        )
    unchanged = counts.pop(UNCHANGED, 0)
    skipped = sum(counts.pop(reason, 0) for reason in SKIPPED)
    if counts:
        _quarantine(con, obj, delivery, ragged)
    notes = tuple(_note(con, obj, reason, counts[reason]) for reason in sorted(counts))
    loaded = _settle(con, obj, delivery) if direct.is_open else _store(con, obj, delivery)
    return Verdicts(loaded, unchanged, skipped, deleted, counts, notes)


def may_be_direct(con: duckdb.DuckDBPyConnection, obj: SourceObject) -> bool:
    """Whether a file's rows are mostly new, so that all may go into raw at first."""
    return not obj.restates or _is_empty(con, obj)


def _is_empty(con: duckdb.DuckDBPyConnection, obj: SourceObject, but_for: int = 0) -> bool:
    """Whether raw has no rows of the object but those of one load."""
    others = f"select 1 from {raw_table(obj)} where _load_seq <> $seq limit 1"
    return con.execute(others, {"seq": but_for}).fetchone() is None


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


def _judge(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> dict[str, int]:
    """Fill `keiro_verdicts` with each staged row that is not to be stored; how many by verdict."""
    keys = key_columns(obj)
    key = ", ".join(keys)
    whole = " and ".join(f"{name} is not null" for name in keys)
    null_case = " ".join(
        f"when {quote_identifier(name)} is null then {quote_text(name)}" for name in obj.primary_key
    )
    null_column = f"case {null_case} end" if null_case else "null::varchar"
    key_names = quote_text(", ".join(obj.primary_key)) if obj.primary_key else "null::varchar"
    is_repeated = _find_repeated(con, key, whole)
    is_known = _find_known(con, obj, delivery)
    cases = [
        "when r._fault is not null then r._fault",
        f"when not ({whole}) then '{NULL_KEY}'",
        f"when d.is_conflict then '{DUPLICATE_KEY}'" if is_repeated else "",
        f"when d.first_row < r._row_number then '{UNCHANGED}'" if is_repeated else "",
        f"when k.known_hash = r._row_hash then '{UNCHANGED}'" if is_known else "",
    ]
    conflict = f"when d.is_conflict then {key_names}" if is_repeated else ""
    con.execute(
        f"""
        create or replace temp table keiro_verdicts as
        with judged as (
            select r._row_number, case {" ".join(cases)} end as verdict,
                case when r._fault is not null then null {conflict} else {null_column} end
                    as column_name
            from temp.keiro_rows r
            {f"left join temp.keiro_repeated d using ({key})" if is_repeated else ""}
            {f"left join temp.keiro_known k using ({key})" if is_known else ""}
        )
        select _row_number, verdict, column_name from judged where verdict is not null
        """
    )
    counted = "select verdict, count(*) from temp.keiro_verdicts group by 1"
    return dict(con.execute(counted).fetchall())


def _find_repeated(con: duckdb.DuckDBPyConnection, key: str, whole: str) -> bool:
    """Fill `keiro_repeated` with the keys that several staged rows have; whether there are any.

    Grouping digests of 64 bits takes a fraction of the memory that the keys would; the few keys
    whose digest repeats are then compared themselves.
    """
    rows = f"temp.keiro_rows where _fault is null and {whole}"
    suspects = scalar(
        con,
        "create or replace temp table keiro_suspects as"
        f" select hash({key}) as digest from {rows} group by 1 having count(*) > 1",
    )
    if not suspects:
        return False
    return (
        scalar(
            con,
            f"""
        create or replace temp table keiro_repeated as
        select {key}, min(_row_number) as first_row, count(distinct _row_hash) > 1 as is_conflict
        from (select *, hash({key}) as digest from {rows})
        semi join temp.keiro_suspects using (digest)
        group by {key} having count(*) > 1
        """,
        )
        > 0
    )


def _find_known(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> bool:
    """Fill `keiro_known` with the digests that the staged keys have in raw; whether it has any.

    Only versions as of the file's date count, and none of the file's own load.
    """
    if _is_empty(con, obj, but_for=delivery.load_seq):
        return False
    key = ", ".join(key_columns(obj))
    return (
        scalar(
            con,
            f"""
        create or replace temp table keiro_known as
        select {key},
            arg_max(if(_is_deleted, {TOMBSTONE_HASH}, _row_hash), {VERSION}) as known_hash
        from {raw_table(obj)}
        semi join temp.keiro_rows using ({key})
        where _load_seq <> {delivery.load_seq}
            and ($day is null or _extracted_at is null or _extracted_at <= $day)
        group by {key}
        """,
            {"day": delivery.extracted_at},
        )
        > 0
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


def _settle(con: duckdb.DuckDBPyConnection, obj: SourceObject, delivery: Delivery) -> int:
    """Take the unfit rows of a direct load out of raw again; how many stay."""
    table, own = raw_table(obj), f"_load_seq = {delivery.load_seq}"
    con.execute(
        f"delete from {table} where {own}"
        " and _row_number in (select _row_number from temp.keiro_verdicts)"
    )
    stored = scalar(con, f"select count(*) from {table} where {own}")
    # A commit writes rows that were changed since they were inserted to the log once more, all of
    # them. Altering the table lets it take over the row groups as they are on disk.
    con.execute(f"alter table {table} add column _settled boolean")
    con.execute(f"alter table {table} drop column _settled")
    return stored


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
