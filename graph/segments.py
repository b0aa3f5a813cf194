"""Entries of a sparse matrix, sorted by row. Arrays are never changed once made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Places = NDArray[np.intp]


class Entries(NamedTuple):
    """Entries in any order: row, column, the document's slot, the kind of edge and its value."""

    rows: Ints
    cols: Ints
    slots: Ints
    codes: NDArray[np.uint8]
    values: NDArray[np.float32]

    def taken(self, which: NDArray[np.bool_] | Places) -> "Entries":
        """Some of them."""
        return Entries(
            self.rows[which], self.cols[which], self.slots[which], self.codes[which], self.values[which]
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Entries sorted by row: those of `rows[i]` are `starts[i]` to `starts[i + 1]`. There is at least one."""

    rows: Ints
    starts: Places
    entries: Entries
    """In order of rows."""

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.entries.rows)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.rows.nbytes + self.starts.nbytes + sum(column.nbytes for column in self.entries)

    def places(self, nodes: Ints) -> tuple[Places, Places]:
        """Of each entry of these rows: the place of its row in `nodes`, and its own in `entries`."""
        found = np.minimum(np.searchsorted(self.rows, nodes), len(self.rows) - 1)
        owners = np.flatnonzero(self.rows[found] == nodes)
        begins = self.starts[found[owners]]
        counts = self.starts[found[owners] + 1] - begins
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(owners, counts), np.repeat(begins, counts) + offsets


def segment_of(entries: Entries) -> Segment:
    """A segment of these entries, of which there is at least one; those of a row keep their order."""
    ordered = entries.taken(np.argsort(entries.rows, kind="stable"))
    rows, starts = np.unique(ordered.rows, return_index=True)
    return Segment(rows, np.append(starts, len(ordered.rows)), ordered)


def joined(parts: Sequence[Entries]) -> Entries:
    """All entries of the parts, one after the other."""
    rows, cols, slots, codes, values = zip(_NONE, *parts, strict=True)
    return Entries(
        np.concatenate(rows),
        np.concatenate(cols),
        np.concatenate(slots),
        np.concatenate(codes),
        np.concatenate(values),
    )


_NO_INTS = np.empty(0, np.int32)
_NONE = Entries(_NO_INTS, _NO_INTS, _NO_INTS, np.empty(0, np.uint8), np.empty(0, np.float32))
