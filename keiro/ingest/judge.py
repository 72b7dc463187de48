"""Which staged rows are unfit, which repeat another one, and which raw holds as they are."""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import quote_identifier, quote_text
from keiro.ingest.sql import scalar
from keiro.ingest.versions import LATEST, key_columns

NULL_KEY, DUPLICATE_KEY, RAGGED_ROW, UNCHANGED = (
    "null_key",
    "duplicate_key",
    "ragged_row",
    "unchanged",
)
# Rows whose digests are sorted in memory; 400 MB of them.
_SORTED_AT_ONCE = 50_000_000


@dataclass(frozen=True)
class Judgement:
    """How many rows have which verdict, and whether several rows have the same key."""

    counts: dict[str, int]
    is_repeated: bool


def judge(con: duckdb.DuckDBPyConnection, obj: SourceObject, *, is_known: bool) -> Judgement:
    """Fill `keiro_verdicts` with each staged row that is unfit or repeated.

    With `is_known`, the rows that `LATEST` has as they are get a verdict too.
    """
    keys = key_columns(obj)
    key = ", ".join(keys)
    whole = " and ".join(f"{name} is not null" for name in keys)
    null_case = " ".join(
        f"when {quote_identifier(name)} is null then {quote_text(name)}" for name in obj.primary_key
    )
    null_column = f"case {null_case} end" if null_case else "null::varchar"
    key_names = quote_text(", ".join(obj.primary_key)) if obj.primary_key else "null::varchar"
    is_repeated = _find_repeated(con, key, whole)
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
            {f"left join {LATEST} k using ({key})" if is_known else ""}
        )
        select _row_number, verdict, column_name from judged where verdict is not null
        """
    )
    counted = "select verdict, count(*) from temp.keiro_verdicts group by 1"
    return Judgement(dict(con.execute(counted).fetchall()), is_repeated)


def _find_repeated(con: duckdb.DuckDBPyConnection, key: str, whole: str) -> bool:
    """Fill `keiro_repeated` with the keys that several staged rows have; whether there are any.

    Digests of 64 bits take a fraction of the memory that the keys would; the few keys whose digest
    repeats are then compared themselves.
    """
    rows = f"temp.keiro_rows where _fault is null and {whole}"
    if scalar(con, f"select count(*) from {rows}") <= _SORTED_AT_ONCE and _are_distinct(
        con, f"select hash({key}) as digest from {rows}"
    ):
        return False
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


def _are_distinct(con: duckdb.DuckDBPyConnection, digests: str) -> bool:
    """Whether a query's 64-bit integers are all different: sorting them beats grouping them."""
    found: NDArray[np.uint64] = np.sort(con.execute(digests).fetchnumpy()["digest"])
    return not bool(np.any(found[1:] == found[:-1]))
