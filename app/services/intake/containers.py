"""What a file is, by its own bytes, and where the picture in it ends; nothing is decoded."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.services.intake.apart import HEIC, PDF, Refused

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
HEIC_SEQUENCES = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
PDF_START = re.compile(rb"(?:\xef\xbb\xbf)?[\0\t\n\f\r ]{0,64}%PDF-[0-9]")
# Stuffed bytes, restarts and filling are no markers (ITU-T T.81, B.1.1.2).
JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
MOST_FILLING = 4096
MOST_SEGMENTS = 1000
JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
SEQUENTIAL = {0xC0, 0xC1}
JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
# A progressive picture has about ten; each costs a pass over all pixels, however small it is.
MOST_SCANS = 32
MOST_CHUNKS = 20_000


class Picture(NamedTuple):
    """The frame of a picture: its pixels as stored, whether it moves, how many of its bytes belong to it.

    Scalable: its decoder can make it smaller as it goes.
    """

    width: int
    height: int
    animated: bool
    end: int
    scalable: bool = False


def kind(content: bytes) -> str:
    """The media type.

    Raises:
        Refused: empty_file, unsupported_file_type, or animated for a sequence of HEIC pictures.
    """
    if not content:
        raise Refused("empty_file")
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_SEQUENCES:
        raise Refused("animated")
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return HEIC
    if PDF_START.match(content):
        return PDF
    raise Refused("unsupported_file_type")


def frame(content: bytes, content_type: str) -> Picture:
    """The frame of a JPEG, PNG or WebP picture.

    Raises:
        Refused: unreadable_file, where it ends before it should; too_complex.
    """
    read = {JPEG: _jpeg, PNG: _png, WEBP: _webp}[content_type]
    try:
        return read(content)
    except (IndexError, ValueError):
        raise Refused("unreadable_file") from None


def _jpeg(content: bytes) -> Picture:
    """Walks the segments up to the pixels; of a progressive picture, which has them in many scans, all of them."""
    width, height, scalable, scans, position = 0, 0, True, 0, 2
    for _ in range(MOST_SEGMENTS):
        found = JPEG_MARKER.search(content, position)
        if not found or (not scans and found.start() > position + MOST_FILLING):
            raise Refused("unreadable_file")
        marker, position = content[found.end() - 1], found.end()
        if marker == END_OF_IMAGE:
            break
        if marker in JPEG_ALONE:
            continue
        if marker in JPEG_SIZES and not width:
            height, width = _number(content, position + 3, 2), _number(content, position + 5, 2)
            scalable = marker in SEQUENTIAL
        scans += marker == START_OF_SCAN
        if scans > MOST_SCANS:
            raise Refused("too_complex")
        position += max(_number(content, position, 2), 2)
        if scans and scalable:
            position = content.index(b"\xff\xd9", position) + 2
            break
    else:
        raise Refused("too_complex")
    if not scans:
        raise Refused("unreadable_file")
    return Picture(width, height, False, position, scalable)


def _png(content: bytes) -> Picture:
    animated, end = False, 0
    for name, _, after in _chunks(content, 8, "big"):
        animated |= name == b"acTL"
        end = after
        if name == b"IEND":
            break
    else:
        raise Refused("unreadable_file")
    if content[12:16] != b"IHDR":
        raise Refused("unreadable_file")
    return Picture(_number(content, 16, 4), _number(content, 20, 4), animated, end)


def _webp(content: bytes) -> Picture:
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise Refused("unreadable_file")
    names = [(name, start) for name, start, _ in _chunks(content[:end], 12, "little")]
    animated = any(name in (b"ANIM", b"ANMF") for name, _ in names)
    width, height = _webp_size(content, *names[0])
    return Picture(width, height, animated, end + end % 2)


def _webp_size(content: bytes, name: bytes, start: int) -> tuple[int, int]:
    """Of the canvas, or of the only frame (RFC 9649, sections 2.5 to 2.7)."""
    if name == b"VP8X":
        return 1 + _number(content, start + 4, 3, "little"), 1 + _number(content, start + 7, 3, "little")
    if name == b"VP8L":
        bits = _number(content, start + 1, 4, "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return _number(content, start + 6, 2, "little") & 0x3FFF, _number(content, start + 8, 2, "little") & 0x3FFF


def _chunks(content: bytes, position: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk of a PNG ("big") or RIFF ("little"), until the bytes end."""
    for _ in range(MOST_CHUNKS):
        if position + 8 > len(content):
            return
        head = content[position : position + 8]
        if order == "big":
            length, name = int.from_bytes(head[:4], "big"), head[4:]
            after = position + 12 + length
        else:
            length, name = int.from_bytes(head[4:], "little"), head[:4]
            after = position + 8 + length + length % 2
        if position + 8 + length > len(content):
            raise Refused("unreadable_file")
        yield name, position + 8, after
        position = after
    raise Refused("too_complex")


def _number(content: bytes, position: int, size: int, order: str = "big") -> int:
    if position + size > len(content):
        raise Refused("unreadable_file")
    return int.from_bytes(content[position : position + size], "little" if order == "little" else "big")
