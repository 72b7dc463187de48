"""Plugin of dbt-duckdb that gives `keiro run`, `dbt build` and `mf query` Keiro's text functions.

A project's profile names it: `plugins: [{module: keiro.dbt_plugin}]`.
"""

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from keiro.text_functions import register_text_functions


class Plugin(BasePlugin):  # type: ignore[misc]
    """Registers the functions once, on the connection whose cursors dbt's threads use."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Called by dbt-duckdb after it opened the database."""
        register_text_functions(conn)
