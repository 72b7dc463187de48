"""Loading: decode → find the table → parse → hash → judge → store, with nothing lost on the way.

What to load is declared in dbt's source YAML. `read_declarations` reads it, `ensure_schema`
creates the tables, `load_exports` loads the files.
"""

from keiro.ingest.again import accept_file, reload_file
from keiro.ingest.declarations import Column, SourceObject
from keiro.ingest.files import Retry
from keiro.ingest.load import Progress, load_exports
from keiro.ingest.remote import exports_folder
from keiro.ingest.results import FileResult, LoadSummary
from keiro.ingest.schema import ensure_schema
from keiro.ingest.sources import read_declarations

__all__ = [
    "Column",
    "FileResult",
    "LoadSummary",
    "Progress",
    "Retry",
    "SourceObject",
    "accept_file",
    "ensure_schema",
    "exports_folder",
    "load_exports",
    "read_declarations",
    "reload_file",
]
