"""Arrays that grow."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Growing:
    """A one-dimensional array of numbers that doubles its room when it is full; new places are 0."""

    def __init__(self, dtype: DTypeLike) -> None:
        """Empty."""
        self._room = np.zeros(64, dtype)
        self._length = 0

    @property
    def array(self) -> NDArray[Any]:
        """Its numbers, writable, until it grows again."""
        return self._room[: self._length]

    @property
    def length(self) -> int:
        """How many numbers it has."""
        return self._length

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return self._room.nbytes

    def grow_to(self, length: int) -> None:
        """Make it at least this long."""
        if length > len(self._room):
            room = np.zeros(max(length, 2 * len(self._room)), self._room.dtype)
            room[: self._length] = self._room[: self._length]
            self._room = room
        self._length = max(length, self._length)
