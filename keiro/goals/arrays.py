"""Types and the source of chance that the modules of this package share."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Shares between 10 and 90 % are told to half a point by so many draws.
DRAWS = 2000


def generator(*key: Any) -> np.random.Generator:
    """A generator of random numbers that depends on the key alone: the same key, the same draws."""
    text = "|".join(str(part) for part in key)
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
