"""File names: kept as they are for showing, or refused; never a path."""

import re
import unicodedata

from app.services.intake.apart import Refused

LONGEST = 255
# Separators of paths and quotes, which would end the name somewhere else than here; what turns the direction of the
# text around it (Unicode Standard Annex 9), so that exe.gpj reads as jpg.exe.
UNSAFE = re.compile('[/\\\\"\u202a-\u202e\u2066-\u2069]')
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
# Names of devices on Windows, with any extension.
RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(?:\..*)?", re.IGNORECASE)


def checked(name: str) -> str:
    """The name, trimmed and in Unicode's composed form.

    Raises:
        Refused: bad_file_name.
    """
    plain = unicodedata.normalize("NFC", name.strip(" "))
    unprintable = any(unicodedata.category(character) in UNPRINTABLE for character in plain[:LONGEST])
    if not plain or plain in (".", "..") or len(plain) > LONGEST or unprintable:
        raise Refused("bad_file_name")
    if UNSAFE.search(plain) or RESERVED.fullmatch(plain):
        raise Refused("bad_file_name")
    return plain
