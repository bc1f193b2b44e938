"""Tells by its beginning what format a file has. Its name and content type are never asked."""

import codecs
import re
from typing import BinaryIO

from app.services.statements.records import Format, Unreadable

HEAD = 64 * 1024
OWN_CSV = "date,local_date,type,amount,currency,category,description,merchant,notes,tags,items,external_id"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARY = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture"),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "a database"),
)
# Two letters that a CSV file may begin with, too: a picture of that kind holds NUL bytes soon after.
ALSO_LETTERS = (b"BM", b"RIFF", b"GIF8", b"BZh", b"Rar!")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
WANTED = "Send CSV, OFX, QFX, QIF, CAMT.053, or what was exported here as JSON."


def detect(stream: BinaryIO) -> Format:
    """The format of a file, by its content; "own_csv" and "json" are this service's own exports.

    Raises:
        Unreadable: it is empty, or nothing that can be a statement (a picture, a PDF, an archive, a web page).
    """
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    if not head.strip(b" \t\r\n\0"):
        raise Unreadable("file", "The file is empty.")
    refuse_binary(head)
    return format_of(beginning(head))


def refuse_binary(head: bytes) -> None:
    """Refuse what isn't text.

    Raises:
        Unreadable: saying what it is, where that can be told.
    """
    for magic, kind in BINARY:
        if head.startswith(magic) and (magic not in ALSO_LETTERS or b"\0" in head):
            raise Unreadable("file", f"This is {kind}, not a statement. {WANTED}")
    if b"\0" in head and unicode_encoding(head) is None:
        raise Unreadable("file", f"This is not a text file. {WANTED}")


def unicode_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark tells, or UTF-16 by where its NUL bytes are; else None."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    high_first, low_first = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    # Commas, digits and line ends have a NUL as their other byte in any language; few letters have one as their first.
    for encoding, expected, other in (("utf-16-le", low_first, high_first), ("utf-16-be", high_first, low_first)):
        if expected > pairs // 5 and expected > 4 * other and not CONTROL.search(head.decode(encoding, "replace")):
            return encoding
    return None


def beginning(head: bytes) -> str:
    """The beginning of a text, its markup readable whatever the encoding."""
    return head.decode(unicode_encoding(head) or "latin-1", errors="replace").lstrip("\ufeff \t\r\n")


def format_of(text: str) -> Format:
    """The format that a text begins like.

    Raises:
        Unreadable: XML or HTML that is no statement.
    """
    if re.match(r"OFXHEADER\s*:", text, re.IGNORECASE) or re.search(r"<\?OFX\b|<(\w+:)?OFX[\s>]", text[:4096], re.I):
        return "ofx"
    if re.match(r"!(Type|Account|Option|Clear)\b", text, re.IGNORECASE):
        return "qif"
    if text.startswith("<"):
        if re.search(r"camt\.05[234]|<(\w+:)?BkToCstmr", text):
            return "camt"
        raise Unreadable("file", f"This is a web page or XML of another kind, not a statement. {WANTED}")
    if re.match(r"\{|\[\s*[\[{\]]", text):
        return "json"
    return "own_csv" if text.split("\n", 1)[0].rstrip("\r") == OWN_CSV else "csv"
