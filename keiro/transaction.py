"""One transaction on a DuckDB connection, whose failure is reported as what it was."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@contextlib.contextmanager
def transaction(con: "duckdb.DuckDBPyConnection") -> Iterator[None]:
    """Commit what the block did, or undo all of it and raise its error or the commit's."""
    import duckdb

    con.execute("begin transaction")
    try:
        yield
        con.execute("commit")
    except BaseException:
        # A commit that failed has rolled back already, and a second rollback is an error that
        # would hide the first one.
        with contextlib.suppress(duckdb.Error):
            con.execute("rollback")
        raise
