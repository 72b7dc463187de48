"""Makes persons of linked records, and says by which link each record came in.

A record is a position: a whole number, 1 for the record created first. The strongest links that
hold a person together are its explanation: a tree that hangs from the person's first record.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from keiro.identity.parting import Pairs, kept_links

if TYPE_CHECKING:
    import pyarrow as pa

# Strongest first: of two links that could explain a record, the stronger is named.
RULES = ("override", "merged_id", "crm_id", "user_id", "email", "match")

Ints = npt.NDArray[np.int64]


def group(links: "pa.Table", parted: "pa.Table") -> "pa.Table":
    """The persons that the links make, where no decision parts them.

    `links`: left_position, right_position (whole numbers), rule (one of RULES), match_probability
    (null but for matches). `parted`: left_position and right_position of records that are known to
    be different persons: between them the weakest links are cut. Returns one row per record that
    is not alone: position, person_position (the person's first record), and of the link that
    holds it linked_position, rule, match_probability, all three null for the first record.
    """
    import pyarrow as pa

    ordered = _by_strength(links)
    positions, ends = np.unique(_pairs(ordered), return_inverse=True)
    pairs = ends.reshape(-1, 2).astype(np.int64)
    kept = kept_links(pairs, _known(_pairs(parted), positions))
    labels, parents, chosen = _trees(pairs[kept], len(positions))
    # Positions ascend, so the first record of each label is the person's first.
    _, first = np.unique(labels, return_index=True)
    linked = parents >= 0
    row = np.full(len(positions), -1, dtype=np.int64)
    row[linked] = np.flatnonzero(kept)[chosen[linked]]
    together = np.bincount(labels, minlength=len(first))[labels] > 1
    origin = pa.array(np.where(row >= 0, row, 0), mask=row < 0)
    return pa.table(
        {
            "position": pa.array(positions, pa.int64()),
            "person_position": pa.array(positions[first[labels]], pa.int64()),
            "linked_position": pa.array(
                positions[np.where(linked, parents, 0)], pa.int64(), mask=~linked
            ),
            "rule": ordered["rule"].combine_chunks().take(origin),
            "match_probability": ordered["match_probability"].combine_chunks().take(origin),
        }
    ).filter(pa.array(together))


def _by_strength(links: "pa.Table") -> "pa.Table":
    """The links, strongest first; of several links of one pair the strongest."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rank = pc.index_in(links["rule"], pa.array(RULES))
    probability = pc.fill_null(links["match_probability"], 1.0)
    pairs = np.sort(_pairs(links), axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -np.asarray(probability), np.asarray(rank)))
    _, strongest = np.unique(pairs[order], axis=0, return_index=True)
    return links.take(pa.array(order[np.sort(strongest)]))


def _pairs(table: "pa.Table") -> Pairs:
    columns = [
        np.asarray(table[name], dtype=np.int64) for name in ("left_position", "right_position")
    ]
    return np.stack(columns, axis=1)


def _known(parted: Pairs, positions: Ints) -> Pairs:
    """The parted pairs by index of their positions; a record without links needs no parting."""
    linked = np.isin(parted, positions).all(axis=1)
    return np.searchsorted(positions, parted[linked]).astype(np.int64)


def _trees(pairs: Pairs, count: int) -> tuple[Ints, Ints, Ints]:
    """Of each of `count` records: its group, its parent in the tree (-1 for the first), the link.

    `pairs` are strongest first. Parent and link are indices; those of a first record are -1.
    """
    from scipy.sparse import coo_matrix  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import (  # type: ignore[import-untyped]
        breadth_first_order,
        connected_components,
        minimum_spanning_tree,
    )

    def graph(edges: Pairs, weights: Any, size: int) -> Any:
        return coo_matrix((weights, (edges[:, 0], edges[:, 1])), shape=(size, size)).tocsr()

    # Weight 0 would be no link.
    ranks = np.arange(1, len(pairs) + 1, dtype=np.float64)
    forest = minimum_spanning_tree(graph(pairs, ranks, count)).tocoo()
    edges = np.stack([forest.row, forest.col], axis=1).astype(np.int64)
    _, labels = connected_components(graph(edges, np.ones(len(edges)), count), directed=False)
    _, first = np.unique(labels, return_index=True)
    # All trees hang from one node beyond the records, so that one walk finds every parent.
    root = np.stack([np.full(len(first), count), first], axis=1)
    hung = np.concatenate([edges, root])
    _, parents = breadth_first_order(
        graph(hung, np.ones(len(hung)), count + 1), count, directed=False
    )
    parents = np.where(parents[:count] == count, -1, parents[:count]).astype(np.int64)
    return labels.astype(np.int64), parents, _links_to(parents, edges, forest.data, count)


def _links_to(parents: Ints, edges: Pairs, ranks: npt.NDArray[np.float64], count: int) -> Ints:
    """The index of the link between each record and its parent, -1 where there is none."""
    ends = np.sort(edges, axis=1)
    keys = ends[:, 0] * count + ends[:, 1]
    order = np.argsort(keys)
    child = np.flatnonzero(parents >= 0)
    wanted = np.minimum(child, parents[child]) * count + np.maximum(child, parents[child])
    links = np.full(count, -1, dtype=np.int64)
    links[child] = ranks[order[np.searchsorted(keys[order], wanted)]].astype(np.int64) - 1
    return links
