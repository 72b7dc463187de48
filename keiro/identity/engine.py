"""A private DuckDB with the records in it, for Splink: nothing of it lands in the warehouse."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa
    from splink import Linker, SettingsCreator

TABLE = "records"


class Engine:
    """Holds the records as the table `records`; use it in a `with` statement."""

    def __init__(self, records: "pa.Table", id_column: str) -> None:
        """Take the records in; `id_column` names each of them once."""
        # What Splink warns of is decided here, and its texts may quote rules.
        logging.getLogger("splink").setLevel(logging.ERROR)
        self._folder = TemporaryDirectory(prefix="keiro-identity-")
        # One thread: the order of a sum of floats decides its last digits.
        self.con = duckdb.connect(
            ":memory:", config={"threads": 1, "temp_directory": str(Path(self._folder.name))}
        )
        self.con.register("arrow_records", records)
        self.con.execute(f"create table {TABLE} as from arrow_records order by {id_column}")
        self.con.unregister("arrow_records")
        self._id_column = id_column
        self.count: int = self._number(f"select count(*) from {TABLE}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.con.close()
        self._folder.cleanup()

    def linker(self, settings: "SettingsCreator | dict[str, Any]") -> "Linker":
        """Splink on the records."""
        from splink import DuckDBAPI, Linker

        api = DuckDBAPI(self.con)
        return Linker(api.register(TABLE), settings, log_level=None)

    def is_filled(self, column: str) -> bool:
        """Whether any record has a value in the column."""
        return self._number(f"select count({column}) from {TABLE}") > 0

    def count_pairs(self, rules: list[list[str]]) -> int:
        """How many pairs of records share all columns of one of the rules, each pair once."""
        pairs = [
            f"""
            select l.{self._id_column} as left_id, r.{self._id_column} as right_id
            from {TABLE} as l
            inner join {TABLE} as r
                on {" and ".join(f"l.{c} = r.{c}" for c in columns)}
                and l.{self._id_column} < r.{self._id_column}
            """
            for columns in rules
        ]
        return self._number(f"select count(*) from ({' union '.join(pairs)})")

    def _number(self, sql: str) -> int:
        # Fetched whole: an unfinished result would keep Splink off the connection.
        return int(self.con.execute(sql).fetchall()[0][0])
