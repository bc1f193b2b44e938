"""Texts of statements as this service keeps them: one line, no control characters, no longer than their fields."""

import re

DESCRIPTION, MERCHANT, NOTES = 500, 200, 2000

CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def clean(text: str) -> str:
    """A text in one line, without control characters."""
    return " ".join(CONTROL.sub(" ", text).split())


def short(text: str, longest: int) -> str:
    """A text that fits its field: a line of a statement isn't lost for a long remark of the bank's."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def described(name: str, memo: str, otherwise: str) -> tuple[str, str | None]:
    """(description, notes) of a line that names the other party and a purpose; either may be empty.

    Banks cut the name off and repeat it, whole, in the purpose: then the purpose says it all.
    """
    if name and memo and (len(memo) <= len(name) or not memo.casefold().startswith(name.casefold())):
        same = memo.casefold() == name.casefold()
        return short(name, DESCRIPTION), None if same else short(memo, NOTES)
    return short(memo or name or otherwise, DESCRIPTION), None
