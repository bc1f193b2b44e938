"""Which references of a column name one row: ids of the bank, or just any references."""

import hashlib
import re
from dataclasses import dataclass, field

from app.services.statements.bank_ids import NONE
from app.services.statements.texts import clean

BITS, PLACES = 1 << 27, 5
SHORTEST = 8  # numbers that merely count rows are shorter, and come again in the next file
MOST_REPEATED = 100_000
ROUNDED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)  # 1.23457E+15 is what spreadsheets leave of long numbers


def given(cell: str) -> str:
    """The reference in a cell; "" where it is none that could name a row."""
    value = clean(cell).strip('="')
    nameless = len(value) < SHORTEST or value.upper() in NONE or not value.strip("0") or ROUNDED.fullmatch(value)
    return "" if nameless else value


@dataclass
class References:
    """Which references are there once, in a fixed amount of memory whatever the number of rows.

    A Bloom filter of 16 MiB with five places a value: among a million different ones the chance that any is taken
    for one that was there is about 1 %. That only costs the use of one, never a row. Where very many are repeated
    the column has none.
    """

    bits: bytearray | None = None
    repeated: set[int] = field(default_factory=set)

    def see(self, cell: str) -> None:
        """Take a cell into account; what names no row doesn't count."""
        value = given(cell)
        if not value or len(self.repeated) > MOST_REPEATED:
            return
        self.bits = self.bits or bytearray(BITS // 8)
        first, step = _hashes(value)
        new = False
        for turn in range(PLACES):
            place = (first + turn * step) % BITS
            if not self.bits[place >> 3] & 1 << (place & 7):
                new = True
                self.bits[place >> 3] |= 1 << (place & 7)
        if not new:
            self.repeated.add(first)

    def own(self, cell: str) -> str | None:
        """The reference in a cell, if no other row has it."""
        value = given(cell)
        if not value or len(self.repeated) > MOST_REPEATED or (self.repeated and _hashes(value)[0] in self.repeated):
            return None
        return value


def _hashes(value: str) -> tuple[int, int]:
    """Two numbers of 64 bits, the same in each process: a file that comes again is judged as it was."""
    digest = hashlib.blake2b(value.encode(errors="replace"), digest_size=16).digest()
    return int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
