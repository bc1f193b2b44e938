"""Tells in what encoding a text is, from the whole of it, without ever holding more than a piece."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from charset_normalizer import from_bytes

from app.services.statements.csv_words import RANKS, fold
from app.services.statements.detecting import HEAD, WANTED, unicode_encoding
from app.services.statements.records import Unreadable

CHUNK = 64 * 1024
SAMPLE = 16 * 1024
NAMES_WITHIN = 4096
LEGACY = ("gb18030", "euc_jp", "cp932", "cp1252")
LATIN = "cp1252"


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, piece by piece."""
    stream.seek(0)
    while piece := stream.read(CHUNK):
        yield piece


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of a text: UTF-8, UTF-16, UTF-32, Windows-1252, GB18030, EUC-JP or Shift_JIS, as Python names it.

    UTF-8 is believed where the whole file is valid, or nearly: a file that was cut or damaged is still UTF-8. Of
    the others those remain that can decode every byte. The one that shows the most names of columns is taken; where
    that doesn't tell, charset-normalizer judges the lines that aren't ASCII.

    Raises:
        Unreadable: it has NUL bytes and isn't UTF-16, so it is no text.
    """
    stream.seek(0)
    if marked := unicode_encoding(stream.read(HEAD)):
        return marked
    broken, whole, sample = 0, 0, b""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in LEGACY}
    utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for piece in chunks(stream):
        if b"\0" in piece:
            raise Unreadable("file", f"This is not a text file. {WANTED}")
        text = utf8.decode(piece)
        if not whole and text.isascii() and piece.isascii():
            continue
        broken += text.count("\ufffd")
        whole += len(text) - len(text.encode("ascii", "ignore"))
        if broken:
            decoders = {name: decoder for name, decoder in decoders.items() if _decodes(decoder, piece)}
        sample += _telling(piece, SAMPLE - len(sample))
    if broken * 10 <= whole - broken:
        return "utf-8"
    return _likeliest(sample, list(decoders))


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _telling(piece: bytes, room: int) -> bytes:
    """The lines of a piece that aren't ASCII, as many as there is room for."""
    found = b""
    for line in piece.splitlines(keepends=True) if room > 0 else ():
        if not line.isascii():
            found += line[:1024]
        if len(found) >= room:
            break
    return found[: max(room, 0)]


def _likeliest(sample: bytes, possible: list[str]) -> str:
    if not possible or possible == [LATIN] or _stands_alone(sample):
        return LATIN
    named = {name: _known_names(sample.decode(name, "replace")) for name in possible}
    most = max(named.values())
    if most and sum(1 for count in named.values() if count == most) == 1:
        return max(named, key=lambda name: named[name])
    best = from_bytes(sample, cp_isolation=possible).best()
    return best.encoding if best and best.encoding in possible else LATIN


def _known_names(text: str) -> int:
    """How many cells are names of columns as banks write them, in letters beyond ASCII."""
    cells = re.split(r"[,;\t|\n\"]+", text[:NAMES_WITHIN])
    return sum(1 for cell in cells if not cell.isascii() and any(fold(cell) in ranks for ranks in RANKS.values()))


def _stands_alone(sample: bytes) -> bool:
    """Whether the bytes that aren't ASCII are single accented letters and signs, as in Latin text.

    In the other encodings they come in pairs, or are followed by letters and begin below 0xA0.
    """
    high = [byte >= 0x80 for byte in sample]
    alone = not any(first and second for first, second in pairwise(high))
    return alone and all(byte >= 0xA0 or byte == 0x80 for byte in sample if byte >= 0x80)
