"""The markup of OFX, as a flat run of tags and what follows them: SGML of 1.x and XML of 2.x alike.

SGML's leaves have no closing tags, and what banks call XML is often none (bare ampersands), so that no parser of XML
reads all of it. Entities are replaced one by one, and only those that HTML knows: none can be declared.
"""

import codecs
import html
import re
from collections.abc import Iterator
from typing import BinaryIO

from app.services.statements.records import LONGEST_LINE, Unreadable

PIECE = 1 << 16
HEAD = 1 << 16
NAME = r"[A-Za-z][\w.-]*"
PREFIX = rf"(?:{NAME}:)?"
TAG = rf"/?{PREFIX}{NAME}(?:\s[^<>]*)?/?>"
ASIDE = r"<!\[CDATA\[(?:[^\]]|\](?!\]>))*+(?:\]\]>|\Z)|<!--(?:[^-]|-(?!->))*+(?:-->|\Z)"
# Possessive: nothing in it is ever tried twice, however many loose brackets a text holds.
TOKEN = re.compile(
    rf"<(/?){PREFIX}({NAME})(?:\s[^<>]*)?(/?)>([^<]*+(?:(?:{ASIDE}|<(?!{TAG}))[^<]*+)*+)", re.DOTALL | re.ASCII
)
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ENTITY = re.compile(r"&#?\w{1,32};")
DECLARED = re.compile(rb"CHARSET\s*[:=]\s*\"?([\w-]+)|<\?xml[^>]*\bencoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
DTD = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
USUAL = "cp1252"  # what OFX calls 1252, and nearly what it calls ISO-8859-1

Token = tuple[str, str]  # ("NAME", its text), ("/NAME", "")


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of a file: UTF-16 by its mark, UTF-8 where all of it is (ASCII is), else what its header declares.

    Headers are often wrong, and a longer text in another encoding is UTF-8 from end to end only by a miracle.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    if head.startswith(BYTE_ORDER_MARKS):
        return "utf-16"
    for encoding in ("utf-16-le", "utf-16-be"):
        if head.startswith(("OFXHEADER".encode(encoding), "<?".encode(encoding), "<OFX".encode(encoding))):
            return encoding
    if _is_utf8(stream):
        return "utf-8-sig"
    declared = DECLARED.search(head)
    return _single_byte((declared[1] or declared[2]).decode() if declared else USUAL)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while piece := stream.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(declared: str) -> str:
    """Python's name of a declared character set: "1254", "ISO-8859-9"; the usual one where it can't be what it says."""
    for name in (f"cp{declared}", declared):
        try:
            found = codecs.lookup(name).name
        except LookupError:
            continue
        if found.startswith(("cp", "iso8859", "shift_jis", "euc", "gb", "big5", "koi8")):
            return USUAL if found == "iso8859-1" else found
    return USUAL


def texts(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """A file's text, piece by piece. Bytes that are no characters of its encoding become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    stream.seek(0)
    while piece := stream.read(PIECE):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def tokens(stream: BinaryIO, encoding: str) -> Iterator[Token]:
    """The tags of a file with the text behind each, from the first tag <OFX> on; names in capitals, without prefix.

    Raises:
        Unreadable: it declares a document type, or holds a text of more than 1 MiB.
    """
    rest, begun = "", False
    for piece in texts(stream, encoding):
        rest += piece
        if not begun:
            first = re.search(r"<(\w+:)?OFX\b", rest, re.IGNORECASE)
            begun = _begins(rest, first)
            rest = rest[first.start() :] if first else rest
            if not begun:
                continue
        found = list(TOKEN.finditer(rest))
        if found:
            yield from map(_token, found[:-1])
            rest = rest[found[-1].start() :]  # its text may go on in the next piece
        if len(rest) > LONGEST_LINE:
            raise Unreadable("file", "A text in the file is longer than 1 MiB: this is no bank's statement.")
    yield from map(_token, TOKEN.finditer(rest))


def _begins(head: str, first: re.Match[str] | None) -> bool:
    if DTD.search(head, 0, first.start() if first else len(head)):
        raise Unreadable("file", "The file declares a document type (DTD), as no bank's statement does.")
    if first is None and len(head) > HEAD:
        raise Unreadable("file", "There is no <OFX> at the beginning of the file.")
    return first is not None


def _token(match: re.Match[str]) -> Token:
    closing, name, alone, text = match.groups()
    if closing:
        return f"/{name.upper()}", ""
    return name.upper(), "" if alone else _plain(text)


def _plain(text: str) -> str:
    if "<" in text:
        kept = COMMENT.sub("", text)
        cut = CDATA.split(kept)
        return "".join(part if at % 2 else _unescaped(part) for at, part in enumerate(cut)).strip()
    return _unescaped(text).strip() if "&" in text else text.strip()


def _unescaped(text: str) -> str:
    return ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
