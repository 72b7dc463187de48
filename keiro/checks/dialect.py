"""A read-only DuckDB dialect under which Great Expectations can push its queries down.

duckdb-engine's cursors share one connection, and Great Expectations reads results after it
gave its connection back: the rollback on return wipes them ("list index out of range"). A
reader needs no transaction, so there is none to roll back. Columns are read from DuckDB's own
catalog because duckdb-engine asks PostgreSQL's, which DuckDB 2 does not emulate far enough.
"""

from typing import Any

import duckdb
import duckdb_engine
from sqlalchemy import text
from sqlalchemy import types as sql_types
from sqlalchemy.dialects import registry

from keiro.text_functions import register_text_functions

DRIVER = "duckdb+keiro_read_only"

# What the expectations distinguish; everything else is compared as it is.
TYPES: dict[str, type[sql_types.TypeEngine[Any]]] = {
    "BOOLEAN": sql_types.Boolean,
    "TINYINT": sql_types.SmallInteger,
    "SMALLINT": sql_types.SmallInteger,
    "INTEGER": sql_types.Integer,
    "BIGINT": sql_types.BigInteger,
    "HUGEINT": sql_types.BigInteger,
    "UBIGINT": sql_types.BigInteger,
    "FLOAT": sql_types.Float,
    "DOUBLE": sql_types.Float,
    "DATE": sql_types.Date,
    "TIMESTAMP": sql_types.TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": sql_types.TIMESTAMP,
    "VARCHAR": sql_types.String,
}
COLUMNS = """
    select column_name, data_type, is_nullable
    from duckdb_columns()
    where table_name = :table and (schema_name = :schema or :schema is null)
    order by column_index
"""

_opened: list[duckdb.DuckDBPyConnection] = []


class ReadOnlyDialect(duckdb_engine.Dialect):  # type: ignore[misc]
    """duckdb-engine without transactions, on a connection that cannot write."""

    supports_statement_cache = False

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        """Open the file as every other reader does: DuckDB refuses mixed configurations."""
        path = args[0] if args else kwargs["database"]
        connection = duckdb.connect(path, read_only=True)
        # A date taken from a timestamp must not depend on the machine's time zone.
        connection.execute("set timezone = 'UTC'")
        register_text_functions(connection)
        _opened.append(connection)
        return duckdb_engine.ConnectionWrapper(connection)

    def do_begin(self, dbapi_connection: Any) -> None:
        """Nothing: a reader has no transaction."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing: a reader has no transaction."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing: this is what would wipe the results."""

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **_: Any
    ) -> list[dict[str, Any]]:
        """Name, type and nullability of each column, in order."""
        rows = connection.execute(text(COLUMNS), {"table": table_name, "schema": schema})
        return [
            {"name": name, "type": _type(data_type), "nullable": nullable, "default": None}
            for name, data_type, nullable in rows.fetchall()
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> dict[str, Any]:
        """None: keys are checked by expectations, not by the database."""
        return {"constrained_columns": [], "name": None}


def _type(data_type: str) -> sql_types.TypeEngine[Any]:
    if data_type.startswith("DECIMAL"):
        return sql_types.Numeric()
    return TYPES.get(data_type, sql_types.NullType)()


def close_all() -> None:
    """Free the file for its next writer. Disposing of the engine leaves connections in use."""
    while _opened:
        _opened.pop().close()


def register() -> None:
    """Make `duckdb+keiro_read_only:///…` known to SQLAlchemy."""
    registry.register(DRIVER.replace("+", "."), __name__, ReadOnlyDialect.__name__)
