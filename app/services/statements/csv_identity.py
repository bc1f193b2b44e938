"""Whether a column can tell rows apart: ids of the bank, or just any references."""

import hashlib
from dataclasses import dataclass

BITS, PLACES = 1 << 27, 5
SHORTEST = 8  # numbers that merely count rows are shorter, and come again in the next file


@dataclass
class Uniqueness:
    """Whether all cells of a column differ, in a fixed amount of memory whatever the number of rows.

    A Bloom filter of 16 MiB with five places a value: among a million different ones the chance that any is taken
    for one that was there is about 1 %. That only costs the use of the column, never a row.
    """

    bits: bytearray | None = None
    repeated: int = 0
    short: int = 0
    seen: int = 0

    def see(self, cell: str) -> None:
        """Take a cell into account; blank ones don't count."""
        value = cell.strip()
        if not value or self.repeated or self.short:
            return
        self.seen += 1
        if len(value) < SHORTEST:
            self.short += 1
            return
        self.bits = self.bits or bytearray(BITS // 8)
        # The same in each process: a file that comes again is judged as it was.
        digest = hashlib.blake2b(value.encode(errors="replace"), digest_size=16).digest()
        first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
        new = False
        for turn in range(PLACES):
            place = (first + turn * step) % BITS
            if not self.bits[place >> 3] & 1 << (place & 7):
                new = True
                self.bits[place >> 3] |= 1 << (place & 7)
        self.repeated += not new

    @property
    def holds(self) -> bool:
        """Whether each row that has such a reference has its own."""
        return self.seen > 0 and not self.repeated and not self.short
