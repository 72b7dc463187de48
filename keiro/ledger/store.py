"""Writes the ledger: what this publication reports that differs from what was reported last.

The rows are written before the publication is made, so that it holds them, and confirmed once it
is the current one. Rows of a run that was killed in between are taken back by the next.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from keiro.ledger.schema import FIGURES, KEY, LEDGER, PUBLICATIONS, REPORTED, STATED
from keiro.transaction import transaction

if TYPE_CHECKING:
    import duckdb

    from keiro.publish import Publication

MART = ("kpi", "fct_kpi_ledger")
# Status of a value that is no longer reported: its metric, scope or period is gone.
RETIRED = "retired"


@dataclass(frozen=True)
class Edition:
    """What a publication is made of: its as-of date, its time and the hash of the loaded files."""

    as_of: date
    now: datetime
    data_hash: str


def record(
    con: "duckdb.DuckDBPyConnection", previous: "Publication | None", edition: Edition
) -> datetime:
    """Append what changed since it was last reported; gives the time of the publication.

    Args:
        con: The work database, with `kpi.fct_kpi_values` of this run.
        previous: The current publication; what the work database lacks of its ledger comes back.
        edition: Its time is moved on where the clock stands behind the last publication, since
            the order of the rows is that of the publications.

    A project without the mart `fct_kpi_ledger` keeps no ledger.

    """
    if not _has_table(con, "current_database()", *MART):
        return edition.now
    with _attached(con, previous) as is_published, transaction(con):
        _settle(con, previous)
        if is_published:
            _recover(con)
        known_at = _after_the_last(con, edition.now)
        con.execute(
            f"insert into {PUBLICATIONS} values (?, ?, ?, false)",
            [_naive(known_at), edition.as_of, edition.data_hash],
        )
        named = {"known_at": _naive(known_at), "data_hash": edition.data_hash}
        con.execute(_CHANGED, named)
        con.execute(_GONE, {**named, "as_of": edition.as_of})
    return known_at


def confirm(con: "duckdb.DuckDBPyConnection", known_at: datetime) -> None:
    """Take the rows of the publication that is now the current one for what was reported last."""
    if _has_table(con, "current_database()", *MART):
        with transaction(con):
            _take_over(con, _naive(known_at))


def _settle(con: "duckdb.DuckDBPyConnection", previous: "Publication | None") -> None:
    """Confirm or take back the rows of runs that ended before they could say which."""
    stated = previous.manifest.get("known_at") if previous else None
    current = _naive(datetime.fromisoformat(stated)) if stated else None
    for (known_at,) in con.execute(
        f"select known_at from {PUBLICATIONS} where not is_confirmed"
    ).fetchall():
        if known_at == current:
            _take_over(con, known_at)
        else:
            for table in (LEDGER, PUBLICATIONS):
                con.execute(f"delete from {table} where known_at = ?", [known_at])


def _take_over(con: "duckdb.DuckDBPyConnection", known_at: datetime) -> None:
    news = f"(select * from {LEDGER} where known_at = $known_at)"
    same = " and ".join(f"reported.{name} = news.{name}" for name in KEY)
    con.execute(
        f"delete from {REPORTED} as reported using {news} as news where {same}",
        {"known_at": known_at},
    )
    con.execute(f"insert into {REPORTED} by name {news}", {"known_at": known_at})
    con.execute(
        f"update {PUBLICATIONS} set is_confirmed = true where known_at = $known_at",
        {"known_at": known_at},
    )


@contextmanager
def _attached(con: "duckdb.DuckDBPyConnection", previous: "Publication | None") -> Iterator[bool]:
    """Attach the published file where it holds a ledger. Around a transaction, never within."""
    if previous is None or not previous.database.exists():
        yield False
        return
    place = str(previous.database).replace("'", "''")
    con.execute(f"attach '{place}' as published (read_only)")
    try:
        yield _has_table(con, "'published'", *MART)
    finally:
        con.execute("detach published")


def _recover(con: "duckdb.DuckDBPyConnection") -> None:
    """Bring back what a lost or older work database lacks of the published ledger."""
    found = con.execute(
        f"""
        insert into {LEDGER} by name
        select * from published.kpi.fct_kpi_ledger
        where known_at > coalesce((select max(known_at) from {LEDGER}), '-infinity')
        """
    ).fetchone()
    if found and found[0]:
        con.execute(f"delete from {REPORTED}")
        con.execute(
            f"insert into {REPORTED} select * from {LEDGER} qualify row_number() over "
            f"(partition by {', '.join(KEY)} order by known_at desc) = 1"
        )
        con.execute(
            f"insert into {PUBLICATIONS} select known_at, max(valid_at), any_value(data_hash), true"
            f" from {LEDGER} anti join {PUBLICATIONS} using (known_at) group by known_at"
        )


def _after_the_last(con: "duckdb.DuckDBPyConnection", now: datetime) -> datetime:
    row = con.execute(
        f"select max(known_at) + interval 1 microsecond from {PUBLICATIONS}"
    ).fetchone()
    return now if row is None or row[0] is None else max(now, row[0].replace(tzinfo=UTC))


def _naive(moment: datetime) -> datetime:
    """Times in tables are UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _has_table(con: "duckdb.DuckDBPyConnection", database: str, schema: str, name: str) -> bool:
    row = con.execute(
        "select count(*) from information_schema.tables where table_catalog = "
        f"{database} and table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    return bool(row and row[0])


def _differs(name: str) -> str:
    """Whether two figures differ by more than the order of their parts explains."""
    old, new = f"reported.{name}", f"current.{name}"
    return (
        f"coalesce(abs({new} - {old}) > 1e-9 * greatest(abs({new}), abs({old})),"
        f" {new} is distinct from {old})"
    )


_CHANGED = f"""
    insert into {LEDGER} by name
    select
        {", ".join(f"current.{name}" for name in (*KEY, *FIGURES, *STATED))},
        current.period_end,
        current.unit,
        current.as_of as valid_at,
        $known_at::timestamp as known_at,
        $data_hash as data_hash
    from kpi.fct_kpi_values as current
    left join {REPORTED} as reported
        on {" and ".join(f"current.{name} = reported.{name}" for name in KEY)}
    where
        reported.metric is null
        or {" or ".join(_differs(name) for name in FIGURES)}
        or {" or ".join(f"current.{name} is distinct from reported.{name}" for name in STATED)}
"""
_GONE = f"""
    insert into {LEDGER} by name
    select
        {", ".join(KEY)}, period_end, unit, definition_hash,
        '{RETIRED}' as status,
        $as_of::date as valid_at,
        $known_at::timestamp as known_at,
        $data_hash as data_hash
    from {REPORTED} as reported
    anti join kpi.fct_kpi_values as current using ({", ".join(KEY)})
    where status != '{RETIRED}'
"""
