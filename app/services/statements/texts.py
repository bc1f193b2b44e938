"""Texts of statements: in one line, without control characters, as long as they are."""

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def without_accents(text: str) -> str:
    """A text in its compatibility form (NFKD, then NFC), without accents."""
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f"))


def clean(text: str) -> str:
    """A text in one line, without control characters."""
    return " ".join(CONTROL.sub(" ", text).split())


def described(name: str, memo: str, otherwise: str) -> tuple[str, str | None]:
    """(description, notes) of a line that names the other party and a purpose; either may be empty.

    Banks cut the name off and repeat it, whole, in the purpose: then the purpose says it all.
    """
    if name and memo and (len(memo) <= len(name) or not memo.casefold().startswith(name.casefold())):
        same = memo.casefold() == name.casefold()
        return name, None if same else memo
    return memo or name or otherwise, None
