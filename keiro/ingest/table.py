"""Which declared column each field of a file feeds, and which fields are undeclared."""

from collections.abc import Sequence
from dataclasses import dataclass

from keiro.errors import KeiroError
from keiro.ingest.declarations import SourceObject
from keiro.ingest.labels import normalise_label


@dataclass(frozen=True)
class FieldMap:
    """Positions of a file's fields: by declared column, and the undeclared ones with their label.

    The undeclared labels are unique and sorted, so that `_extra` does not depend on their order.
    """

    labels: tuple[str, ...]
    declared: dict[str, int]
    extra: tuple[tuple[str, int], ...]


def map_fields(labels: Sequence[str], obj: SourceObject, where: str) -> FieldMap:
    """Match a file's labels to the declared columns.

    Raises KeiroError where a required column is missing or a column is given twice.
    """
    declared: dict[str, int] = {}
    extra: dict[str, int] = {}
    for position, label in enumerate(labels):
        name = obj.column_of_label.get(normalise_label(label))
        if name is None:
            extra[_unique(label.strip() or f"column {position + 1}", extra)] = position
        elif name in declared:
            raise KeiroError(
                f"two columns mean {name!r}: {labels[declared[name]]!r} (column"
                f" {declared[name] + 1}) and {label!r} (column {position + 1})",
                where=where,
                remedy="export the file without one of them, or correct the aliases"
                f" in {obj.declared_in}",
            )
        else:
            declared[name] = position
    missing = [column for column in obj.required_columns if column.name not in declared]
    if missing:
        wanted = "; ".join(
            f"{column.name} ({' | '.join(column.aliases)})" if column.aliases else column.name
            for column in missing
        )
        undeclared = ", ".join(sorted(extra)) or "none"
        raise KeiroError(
            f"missing required column: {wanted}. Undeclared labels in the file: {undeclared}",
            where=where,
            remedy="export the file with that column, or add its label to the `aliases`"
            f" in {obj.declared_in}",
        )
    return FieldMap(tuple(labels), declared, tuple(sorted(extra.items())))


def _unique(label: str, taken: dict[str, int]) -> str:
    count = 2
    unique = label
    while unique in taken:
        unique = f"{label} ({count})"
        count += 1
    return unique
