"""Cuts the weakest links between records that are known to be different persons."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

Pairs = npt.NDArray[np.int64]  # (n, 2): two records each, by index


def kept_links(links: Pairs, parted: Pairs) -> npt.NDArray[np.bool_]:
    """Which of the links, strongest first, join no two persons that are parted: (n,).

    Links are taken one by one, each unless it would bring parted records together. Only groups
    that a parted pair lies in are walked; all others keep their links.
    """
    kept = np.ones(len(links), dtype=np.bool_)
    if not len(links) or not len(parted):
        return kept
    labels = _labels(links)
    torn = parted[labels[parted[:, 0]] == labels[parted[:, 1]]]
    walked = np.flatnonzero(np.isin(labels[links[:, 0]], labels[torn[:, 0]]))
    kept[walked] = list(_joined(links[walked], torn))
    return kept


def _labels(links: Pairs) -> npt.NDArray[np.int64]:
    from scipy.sparse import coo_matrix  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    size = int(links.max()) + 1
    graph = coo_matrix((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int64)


def _joined(links: Pairs, parted: Pairs) -> "Iterable[bool]":
    """For each link in turn whether it is kept: it must not join what is parted."""
    parents: dict[int, int] = {}
    foes: dict[int, set[int]] = {}

    def top(record: int) -> int:
        above = parents.setdefault(record, record)
        while above != parents[above]:
            parents[above] = parents[parents[above]]
            above = parents[above]
        parents[record] = above
        return above

    for left, right in parted.tolist():
        foes.setdefault(left, set()).add(right)
        foes.setdefault(right, set()).add(left)
    for left, right in links.tolist():
        one, other = top(left), top(right)
        if one == other:
            yield True
            continue
        if other in foes.get(one, ()):
            yield False
            continue
        parents[other] = one
        for foe in foes.pop(other, set()):
            foes[foe].discard(other)
            foes[foe].add(one)
            foes.setdefault(one, set()).add(foe)
        yield True
