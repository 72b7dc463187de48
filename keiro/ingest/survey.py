"""One look at all bytes of a file: its hash, and what tells how its text is to be read.

BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs) is a cryptographic hash like SHA-256 at a
quarter of its cost, so that knowing a file again costs little more than reading it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

# Small enough to stay in the processor's cache from the hash to the search, and big enough for
# several threads to share.
_BLOCK = 1 << 20
# From here on, hashing in several threads saves more time than starting them takes.
_BIG = 1 << 23


@dataclass(frozen=True)
class Survey:
    """What all bytes of a content say: the BLAKE3 hash in hex, and which characters occur."""

    digest: str
    is_ascii: bool
    has_nul: bool

    @property
    def is_plain(self) -> bool:
        """Whether the bytes mean the same in each encoding that contains ASCII."""
        return self.is_ascii and not self.has_nul


class Surveyor:
    """Takes in the blocks of a content one after the other.

    `max_threads`: how many threads hash a block.
    """

    def __init__(self, max_threads: int = 1) -> None:
        self._hash = blake3(max_threads=max_threads)
        self._is_ascii = True
        self._has_nul = False

    def update(self, block: bytes) -> None:
        """Take in the next block."""
        self._hash.update(block)
        self._is_ascii = self._is_ascii and block.isascii()
        self._has_nul = self._has_nul or b"\0" in block

    def finish(self) -> Survey:
        """What all blocks say together."""
        return Survey(self._hash.hexdigest(), self._is_ascii, self._has_nul)


def survey(path: Path) -> Survey:
    """Read a file once, in blocks. Raises OSError."""
    with path.open("rb") as stream:
        is_big = os.fstat(stream.fileno()).st_size >= _BIG
        surveyor = Surveyor(max_threads=blake3.AUTO if is_big else 1)
        while block := stream.read(_BLOCK):
            surveyor.update(block)
    return surveyor.finish()
