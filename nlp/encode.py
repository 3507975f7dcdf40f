"""Turns texts into vectors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def encode(texts: Sequence[str], model: str | None = None) -> Vectors:
    """Unit-length float32 vectors, shape (len(texts), 384) for the default model."""
    raise NotImplementedError
