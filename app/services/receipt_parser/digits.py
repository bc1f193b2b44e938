"""Letters that an OCR engine reads in place of digits, put right where only digits make sense."""

import re

_AS_DIGITS = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})
_INSIDE = re.compile(
    r"(?<=[\d.,/])[OoQDlI|SB]{1,3}(?=[\d.,/])|(?<=\d)[OoQD]{1,2}(?![A-Za-z])|(?<![A-Za-z])[OlI](?=[.,/]?\d)"
)
_AFTER_POINT = re.compile(r"(?<=\d[.,])[OoQ]{2}(?![A-Za-z])|(?<=\d[.,]\d)[OoQlI](?![A-Za-z\d])")


def repaired(text: str) -> str:
    """The text with such letters as digits; it keeps its length, so that spans hold for both."""
    text = _AFTER_POINT.sub(_as_digits, text)
    return _INSIDE.sub(_as_digits, text)


def _as_digits(found: re.Match[str]) -> str:
    return found[0].translate(_AS_DIGITS)
