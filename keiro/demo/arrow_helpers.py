"""Small helpers around Arrow arrays: looking up texts, joining them, nesting them."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keiro.demo.arrays import JST_OFFSET, NEVER, Bools, Ints

NO_TEXT = pa.scalar(None, pa.string())


def look_up(values: Sequence[str | None], index: Ints | pa.Array) -> pa.Array:
    """The value at each index; null where the index is."""
    places = index if isinstance(index, pa.Array) else pa.array(np.asarray(index, dtype=np.int64))
    return pa.array(values, pa.string()).take(places)


def scatter(values: list[str], rows: Bools) -> pa.Array:
    """The values one after the other at the rows where the mask is true, null elsewhere."""
    return look_up(values, pa.array(np.cumsum(rows) - 1, mask=~rows))


def wrap(before: str, values: pa.Array, after: str) -> pa.Array:
    """The text around each value; null where the value is."""
    texts = values if values.type == pa.string() else values.cast(pa.string())
    return pc.binary_join_element_wise(before, texts, after, "")


def join_present(parts: list[pa.Array], separator: str) -> pa.Array:
    """Join what is present; at least one part must be (Arrow loses rows where none is)."""
    return pc.binary_join_element_wise(*parts, separator, null_handling="skip")


def struct(fields: dict[str, pa.Array], valid: Bools | None = None) -> pa.Array:
    """A struct of the fields, null where it is not valid."""
    mask = None if valid is None else pa.array(~valid)
    return pa.StructArray.from_arrays(list(fields.values()), names=list(fields), mask=mask)


def is_present(values: pa.Array) -> Bools:
    """Where an array is not null."""
    return np.asarray(pc.is_valid(values))


def instants(times: Ints) -> pa.Array:
    """Wall seconds as instants; null for what does not happen."""
    seconds = pa.array(times - JST_OFFSET, pa.int64(), mask=times >= NEVER)
    return seconds.cast(pa.timestamp("s", "Asia/Tokyo"))


def ids(values: Ints) -> pa.Array:
    """Ids, null where they are negative."""
    return pa.array(values, pa.int64(), mask=values < 0)
