"""Checks the declared structure of files: what belongs together, and regular expressions."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keiro.ingest.declarations import Column, SourceObject


def is_regex(pattern: str) -> str:
    """The pattern, if it compiles. Raises ValueError."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


def is_capturing_regex(pattern: str) -> str:
    """The pattern, if it compiles and has a group. Raises ValueError."""
    if re.compile(is_regex(pattern)).groups < 1:
        raise ValueError("the regular expression has no group that captures the value")
    return pattern


def check_structure(obj: "SourceObject") -> None:
    """Raises ValueError, naming key and remedy, where keys of the structure contradict each other.

    Each key alone was checked before; here are those that speak of other keys or columns.
    """
    names = {column.name for column in obj.columns}
    for name in obj.fill_down:
        if name not in names:
            raise ValueError(f"fill_down: the column {name!r} is not declared under columns")
    if obj.record_start is not None and obj.record_start not in names:
        raise ValueError(
            f"record_start: the column {obj.record_start!r} is not declared under columns"
        )
    if obj.record_start is not None and not obj.fill_down:
        raise ValueError("record_start: name the columns that it limits in `fill_down`")
    if obj.record_start is not None and obj.record_start in obj.fill_down:
        raise ValueError(
            f"record_start: {obj.record_start!r} begins a record, so that it is always filled"
            " within it; take it out of `fill_down`"
        )
    if obj.header is not None and obj.header_rows > 1:
        raise ValueError("header_rows: a file without header (`header`) has no rows of one")
    if obj.header is not None and obj.section is not None:
        raise ValueError("section: a file without header (`header`) has no sections")
    for column in obj.columns:
        _check_constant(obj, column)


def _check_constant(obj: "SourceObject", column: "Column") -> None:
    source = column.from_header
    if source is None:
        return
    other = next((c for c in obj.columns if c.name == source.column), None)
    if other is None or other.pattern is None:
        raise ValueError(
            f"column {column.name!r}: from_header names {source.column!r}, which is no declared"
            " column with a `pattern`"
        )
    if source.group not in re.compile(other.pattern).groupindex:
        raise ValueError(
            f"column {column.name!r}: from_header: the pattern of {source.column!r} has no group"
            f" (?P<{source.group}>…)"
        )
