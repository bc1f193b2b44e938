"""Names of months in English, German, French and Dutch, and the days of a month as people write them."""

import re

_NAMES: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "januar", "jänner", "janner", "janvier", "janv", "januari"),
    ("february", "feb", "februar", "février", "fevrier", "févr", "fevr", "fév", "fev", "februari"),
    ("march", "mar", "märz", "maerz", "marz", "mär", "mrz", "mars", "maart", "mrt"),
    ("april", "apr", "avril", "avr"),
    ("may", "mai", "mei"),
    ("june", "jun", "juni", "juin"),
    ("july", "jul", "juli", "juillet", "juil"),
    ("august", "aug", "août", "aout", "augustus"),
    ("september", "sept", "sep", "septembre"),
    ("october", "oct", "oktober", "okt", "octobre"),
    ("november", "nov", "novembre"),
    ("december", "dec", "dezember", "dez", "décembre", "decembre", "déc"),
)
_NUMBERS = {name: number for number, names in enumerate(_NAMES, 1) for name in names}
_CONFUSED = str.maketrans({"o": "[o0]", "l": "[l1i|]", "i": "[i1l]", "s": "[s5]", "b": "[b8]"})


def _pattern(name: str) -> str:
    """A name with the digits an OCR engine reads for its letters; not its first, so that no number becomes one."""
    return name[0] + name[1:].translate(_CONFUSED)


_ORDERED = sorted(_NUMBERS, key=len, reverse=True)
PATTERN = "(?:" + "|".join(_pattern(name) for name in _ORDERED) + r"|[0o](?:ct|kt)(?:[o0]ber)?)"
_EACH = [(re.compile(_pattern(name), re.IGNORECASE), _NUMBERS[name]) for name in _ORDERED]


def number(name: str) -> int:
    """The month a name that PATTERN matched stands for, 1 to 12."""
    known = _NUMBERS.get(name.casefold())
    if known:
        return known
    return next((month for pattern, month in _EACH if pattern.fullmatch(name)), 10)
