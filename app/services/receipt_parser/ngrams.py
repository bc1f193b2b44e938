"""Texts as the hashes of their runs of letters, for the trained rankers."""

import re
from functools import lru_cache
from zlib import crc32

BITS = 14
SIZE = 1 << BITS
LONGEST = 60
_LENGTHS = (2, 3, 4, 5)
_DIGIT = re.compile(r"\d")


@lru_cache(maxsize=4096)
def hashes(place: str, text: str) -> frozenset[int]:
    """Where the runs of two to five letters of a text fall among SIZE features.

    `place` says where the text stands (this row, the one above), so that the same letters count apart. Spaces and case
    do not count, digits are all the same; ^ and $ mark where the text begins and ends.
    """
    squeezed = "^" + _DIGIT.sub("0", text.lower().replace(" ", ""))[:LONGEST] + "$"
    return frozenset(
        crc32(f"{place}{squeezed[start : start + length]}".encode()) & (SIZE - 1)
        for length in _LENGTHS
        for start in range(len(squeezed) - length + 1)
    )
