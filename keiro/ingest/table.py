"""Which declared column each field of a file feeds, which have one value, which are undeclared."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from keiro.errors import KeiroError
from keiro.ingest.declarations import Column, SourceObject
from keiro.ingest.labels import quote_text, visible_label


@dataclass(frozen=True)
class FieldMap:
    """Positions of a file's fields: by declared column, and the undeclared ones with their label.

    The undeclared labels are unique and sorted, so that `_extra` does not depend on their order.
    `constants` are the values of declared columns that stand once for all rows of the table.
    """

    labels: tuple[str, ...]
    declared: dict[str, int]
    extra: tuple[tuple[str, int], ...]
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def literals(self) -> dict[str, str]:
        """The constants as SQL expressions, by declared column."""
        return {name: quote_text(value) for name, value in self.constants.items()}


def map_fields(
    labels: Sequence[str],
    obj: SourceObject,
    where: str,
    *,
    preamble: Sequence[str] = (),
    line: int | None = None,
) -> FieldMap:
    """Match a file's labels to the declared columns.

    `where` is the file's path below the exports folder, `preamble` the lines above the header and
    `line` the header's number where it is not the file's first. Raises KeiroError where a required
    column is missing or a column is given twice.
    """
    place = "" if line is None else f"header in line {line}: "
    declared: dict[str, int] = {}
    extra: dict[str, int] = {}
    for position, label in enumerate(labels):
        name = obj.column_for(label)
        if name is None:
            extra[_unique(label.strip() or f"column {position + 1}", extra)] = position
        elif name in declared:
            raise KeiroError(
                f"{place}two columns mean {name!r}: {labels[declared[name]]!r} (column"
                f" {declared[name] + 1}) and {label!r} (column {position + 1})",
                where=where,
                remedy="export the file without one of them, or correct the aliases"
                f" in {obj.declared_in}",
            )
        else:
            declared[name] = position
    constants = _constants(labels, declared, obj, where, preamble)
    missing = [c for c in obj.required_columns if c.name not in declared | constants]
    if missing:
        # What has an @ is no label but an address.
        shown = ("***" if "@" in label else label for label in sorted(extra))
        undeclared = ", ".join(shown) or "none"
        raise KeiroError(
            f"{place}missing required column: {'; '.join(map(_sought, missing))}. Undeclared"
            f" labels in the file: {undeclared}",
            where=where,
            remedy="export the file with that column, or add its label to the `aliases`"
            f" in {obj.declared_in}",
        )
    return FieldMap(tuple(labels), declared, tuple(sorted(extra.items())), constants)


def _constants(
    labels: Sequence[str],
    declared: dict[str, int],
    obj: SourceObject,
    where: str,
    preamble: Sequence[str],
) -> dict[str, str]:
    """Values of the columns that the header lacks: from it, the lines above it, the file's path."""
    found = {}
    for column in obj.columns:
        if column.name in declared:
            continue
        value = _from_header(column, labels, declared, obj)
        if value is None and column.from_preamble is not None:
            # The nearest line wins: a later table's own preamble is below the file's.
            value = _first_group(column.from_preamble, reversed(preamble))
        if value is None and column.from_file_name is not None:
            value = _first_group(column.from_file_name, (where,))
        if value:
            found[column.name] = value
    return found


def _from_header(
    column: Column, labels: Sequence[str], declared: dict[str, int], obj: SourceObject
) -> str | None:
    source = column.from_header
    if source is None or source.column not in declared:
        return None
    label = visible_label(labels[declared[source.column]])
    pattern = dict(obj.patterns)[source.column]
    match = pattern.fullmatch(label)
    return match.group(source.group) if match else None


def _first_group(pattern: str, texts: Iterable[str]) -> str | None:
    matches = (re.search(pattern, text) for text in texts)
    return next((match.group(1) for match in matches if match), None)


def _sought(column: Column) -> str:
    """How a missing column might have been given."""
    names = " | ".join([*column.aliases, *([column.pattern] if column.pattern else [])])
    ways = [
        way
        for way, declared in (
            ("header", column.from_header),
            ("preamble", column.from_preamble),
            ("file name", column.from_file_name),
        )
        if declared
    ]
    sought = f"{column.name} ({names})" if names else column.name
    return f"{sought}, nor found in the {' or '.join(ways)}" if ways else sought


def _unique(label: str, taken: dict[str, int]) -> str:
    count = 2
    unique = label
    while unique in taken:
        unique = f"{label} ({count})"
        count += 1
    return unique
