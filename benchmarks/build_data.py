"""A made-up company of any size, written by DuckDB straight into the raw layer.

What is measured is the build, not loading: the rows are those that loading the exports would leave
in raw, with their digests, load numbers and file dates. Everything is drawn from hashes of row
numbers, so the same size is the same company. Events come day by day, as files do.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from keiro.ingest import ensure_schema, read_declarations
from keiro.ingest.digest import row_digest

FIRST_DAY = date(2024, 10, 1)
CHUNK_DAYS = 73
# Sections of the file of queries, by name.
QUERIES = {
    section.split("\n", 1)[0]: section.split("\n", 1)[1]
    for section in Path(__file__)
    .with_suffix(".sql")
    .read_text(encoding="utf-8")
    .split("-- name: ")[1:]
}


@dataclass(frozen=True)
class Size:
    """How big the company is; `days` ends with the as-of date of the first build."""

    events: int
    contacts: int
    deals: int
    days: int = 730

    @property
    def sessions(self) -> int:
        """Sessions have four events on average, of 1 to 7."""
        return self.events // 4

    @property
    def clients(self) -> int:
        """Web clients come back once or twice."""
        return self.sessions * 3 // 5

    @property
    def companies(self) -> int:
        """Companies have ten contacts on average."""
        return max(1, self.contacts // 10)

    @property
    def as_of(self) -> date:
        """The last day of the first build."""
        return FIRST_DAY + timedelta(days=self.days - 1)


class Company:
    """Writes the raw layer of a company of a size into a work database."""

    def __init__(self, con: duckdb.DuckDBPyConnection, project: Path, size: Size) -> None:
        """Remember the size; `project` holds the declarations of the sources."""
        self._con = con
        # A number below n, drawn from what identifies the row.
        con.execute(
            "create or replace temp macro draw"
            "(n, a) as cast(hash(a) % n as bigint),"
            "(n, a, b) as cast(hash(a, b) % n as bigint),"
            "(n, a, b, c) as cast(hash(a, b, c) % n as bigint)"
        )
        self._objects = {f"{o.source}__{o.object}": o for o in read_declarations(project)}
        self._size = size
        self._load_seq = 0

    def write(self) -> None:
        """All that is known at the end of the first build's as-of date."""
        size = self._size
        ensure_schema(self._con, list(self._objects.values()))
        for first in range(0, size.days, CHUNK_DAYS):
            last = min(first + CHUNK_DAYS, size.days)
            self._events(first, last)
        self._crm(version=0, as_of=size.as_of, where="true")
        self._put("hubspot__companies", QUERIES["companies"].format(**self._names(size.as_of)))
        names = self._names(size.as_of)
        names |= {"from_date": str(FIRST_DAY), "to_date": str(size.as_of)}
        self._put("google_ads__campaign_costs", QUERIES["costs"].format(**names))
        self._put("seminars__attendances", QUERIES["attendances"].format(**names))
        self._con.execute("checkpoint")

    def write_next_day(self, number: int = 1) -> date:
        """A day after: its events, the day before restated, one contact and deal of 100 changed."""
        size = self._size
        day = size.as_of + timedelta(days=number)
        self._load_seq = self._con.execute("select max(_load_seq) from raw.ga4__events").fetchall()[
            0
        ][0]
        self._load_seq += 1000 * number
        self._events(size.days + number - 1, size.days + number)
        self._restate(day - timedelta(days=1))
        where = f"draw(100, %s, 77) = {number}"
        self._crm(version=1, as_of=day, where=where)
        names = self._names(day) | {"from_date": str(day), "to_date": str(day)}
        self._put("google_ads__campaign_costs", QUERIES["costs"].format(**names))
        return day

    def _restate(self, day: date) -> None:
        """A newer file of a day: one event in fifty is gone, one in fifty came late."""
        part = day.strftime("%Y%m%d")
        columns = [row[0] for row in self._con.execute("describe raw.ga4__events").fetchall()]
        given = {"_extracted_at", "_file_name"}
        lineage = sorted(name for name in columns if name.startswith("_") and name not in given)
        chosen = f"from raw.ga4__events where export_part = '{part}' and not _is_deleted"
        self._load_seq += 1
        self._con.execute(
            "insert into raw.ga4__events by name"
            " select export_part, _file_name, _content_hash, 0 as _row_number, _extracted_at,"
            f" _row_hash, {self._load_seq} as _load_seq, _loaded_at, true as _is_deleted"
            f" {chosen} and hash(_row_number, 5) % 50 = 0"
        )
        # A microsecond later: other rows than those that are there.
        self._put(
            "ga4__events",
            f"select * exclude ({', '.join(lineage)})"
            " replace (cast(cast(event_timestamp as bigint) + 1 as varchar) as event_timestamp)"
            f" {chosen} and hash(_row_number, 6) % 50 = 0",
        )

    def _events(self, first: int, last: int) -> None:
        """Events of the days from `first` to before `last`, of sessions of the day before too."""
        size = self._size
        per_day = size.sessions / size.days
        names = self._names(size.as_of) | {
            "first": max(0, int((first - 1) * per_day)),
            "last": int(last * per_day) + 1,
            "from_date": str(FIRST_DAY + timedelta(days=first)),
            "to_date": str(FIRST_DAY + timedelta(days=last - 1)),
        }
        self._put("ga4__events", QUERIES["events"].format(**names))

    def _crm(self, *, version: int, as_of: date, where: str) -> None:
        names = self._names(as_of) | {"version": version}
        contacts = where % "c" if "%s" in where else where
        deals = where % "d" if "%s" in where else where
        names["deals_query"] = QUERIES["deals"].format(**names, where=deals)
        self._put("hubspot__contacts", QUERIES["contacts"].format(**names, where=contacts))
        self._put("hubspot__deals", QUERIES["deal_rows"].format(**names))
        self._put(
            "hubspot__deal_property_history", QUERIES["history_rows"].format(**names), key=True
        )

    def _names(self, as_of: date) -> dict[str, object]:
        size = self._size
        return {
            "first_day": str(FIRST_DAY),
            "as_of": str(as_of),
            "days": size.days,
            "sessions": size.sessions,
            "microseconds_per_session": 86_400_000_000 * size.days // size.sessions,
            "clients": size.clients,
            "companies": size.companies,
            "contacts": size.contacts,
            "deals": size.deals,
        }

    def _put(self, table: str, query: str, *, key: bool = False) -> None:
        """Insert rows as loading does: numbered, with their digest; known content is left out."""
        obj = self._objects[table]
        declared = [column.name for column in obj.columns]
        given = [row[0] for row in self._con.execute(f"describe {query}").fetchall()]
        present = [name for name in declared if name in given]
        absent = [f"null::varchar as {name}" for name in declared if name not in given]
        columns = ", ".join([*present, *absent, "null::varchar as _extra"])
        self._load_seq += 1
        known = (
            f" anti join (select _row_hash from raw.{table}) as known using (_row_hash)"
            if key
            else ""
        )
        self._con.execute(
            f"""
            insert into raw.{table} by name
            select
                digested.*,
                md5(_file_name) as _content_hash,
                row_number() over () as _row_number,
                {self._load_seq} as _load_seq,
                timestamptz '2026-10-01 00:00+00' as _loaded_at,
                false as _is_deleted
            from (
                select *, {row_digest(declared)} as _row_hash
                from (select {columns}, _extracted_at, _file_name from ({query}) as made) as shaped
            ) as digested{known}
            """
        )
