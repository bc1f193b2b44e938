"""Tells in what encoding a text is, from the whole of it, without ever holding more than a piece."""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from charset_normalizer import from_bytes

from app.services.statements.csv_words import RANKS, fold, usual_letters
from app.services.statements.detecting import HEAD, WANTED, unicode_encoding
from app.services.statements.records import Unreadable

CHUNK = 64 * 1024
SAMPLE = 16 * 1024
NAMES_WITHIN = 4096
LATIN = "cp1252"
TURKISH = "cp1254"  # the same but for six letters
OF_TURKISH, OF_ICELANDIC = frozenset("ĞİŞğış".encode(TURKISH)), frozenset("ÁÉÍÓÚÆáéíóúæ".encode(LATIN))
LANGUAGES = {"gb18030": "Chinese", "euc_jp": "Japanese", "cp932": "Japanese"}
LEGACY = (*LANGUAGES, LATIN)
OFTEN, MOSTLY = 0.3, 0.6  # the share of frequent letters in a text of a language, short or not


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, piece by piece."""
    stream.seek(0)
    while piece := stream.read(CHUNK):
        yield piece


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of a text, as Python names it: UTF-8, -16, -32, Windows-1252, -1254, GB18030, EUC-JP or Shift_JIS.

    UTF-8 is believed where the whole file is valid, or nearly: a file that was cut or damaged is still UTF-8. Of
    the others those remain that can decode every byte. The one that shows the most names of columns is taken; where
    that doesn't tell, the one with the most frequent letters; in between charset-normalizer judges.

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
    found = _likeliest(sample, list(decoders))
    return TURKISH if found == LATIN and _is_turkish(sample) else found


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


def _is_turkish(latin: bytes) -> bool:
    """Whether a Latin text has letters of Turkish in the six places where Windows-1252 has Icelandic ones.

    Icelandic writes hardly a line without the other letters of its own.
    """
    letters = set(latin)
    return bool(letters & OF_TURKISH) and not letters & OF_ICELANDIC


def _likeliest(sample: bytes, possible: list[str]) -> str:
    if not possible or possible == [LATIN] or _stands_alone(sample):
        return LATIN
    texts = {name: sample.decode(name, "replace") for name in possible}
    named = _first({name: _known_names(text) for name, text in texts.items()})
    usual = {name: usual_letters(texts[name], LANGUAGES[name]) for name in possible if name != LATIN}
    if not named and LATIN in possible and max(usual.values()) < _doubt(sample):
        return LATIN
    if clear := named or _first({name: share for name, share in usual.items() if share >= OFTEN}):
        return clear
    best = from_bytes(sample, cp_isolation=possible).best()
    return best.encoding if best and best.encoding in possible else LATIN


def _doubt(sample: bytes) -> float:
    """The share of frequent letters that another language must reach, or a text is Latin: by how it scatters accents.

    Below 0xA0 Windows-1252 has hardly any letters, and Shift_JIS the first halves of its own.
    """
    runs = re.findall(rb"[\x80-\xff]+", sample)
    high = b"".join(runs)
    if len(high) > 1.5 * len(runs):
        return 0
    return MOSTLY if 2 * sum(1 for byte in high if byte >= 0xA0) > len(high) else OFTEN


def _first(ranked: dict[str, float]) -> str | None:
    """The name with the highest number, if it is more than 0 and no other has as much."""
    most = max(ranked.values(), default=0)
    firsts = [name for name, number in ranked.items() if number == most > 0]
    return firsts[0] if len(firsts) == 1 else None


def _known_names(text: str) -> float:
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
