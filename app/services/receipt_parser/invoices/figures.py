"""Numbers as a text layer has them: exact letters, one convention for thousands and decimals throughout a document.

`amounts` forgives what OCR engines misread; here next to nothing is misread (scans of invoices aside), but 1.500 is a
thousand and a half or one and a half, and only the rest of the document tells which.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from app.core.money import LARGEST_AMOUNT

SIGN = (
    r"(?:(?:us|ca|au|nz|hk|sg|[sac])?\$|[€£¥₹]|\b(?:rs\.?|inr|usd|eur|euros?|gbp|chf|sfr|fr\.|cad|aud|nzd|sgd|hkd|myr|rm"
    r"|aed|sek|nok|dkk|kr\.?|pln|zl|czk|jpy|zar)(?![a-z]))"
)
_NUMBER = re.compile(
    rf"""(?P<open>\()?(?P<minus>(?<![\w.,])-\s?)?(?P<before>{SIGN}\s?:?\s?)?(?P<inner>-\s?)?
    (?<![\w.,/:#])(?<![\w)]-)(?P<whole>
       \d{{1,3}}(?:[ \u00a0\u202f]\d{{3}}){{1,3}}(?=[.,]\d{{2}}(?!\d))
      |\d{{1,3}}(?:[.,']\d{{2,3}}){{0,4}}[.,']\d{{3}}(?![\d])
      |\d{{1,9}}
    )
    (?:(?P<point>[.,])(?P<decimals>\d{{1,4}}|--?(?!\d)))?
    (?!\d|/(?![-=](?!\w))|[.,:]\d|-\d|\s?%|\s?h\b)(?P<round>/[-=])?
    (?P<close>\))?(?P<trailing>-(?![\w-]))?(?P<after>\s?{SIGN}(?!\s?\d))?""",
    re.VERBOSE,
)
_LAKHS = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}")
_COMMA = re.compile(r"\d,\d{2}(?![\d,.])")
_POINT = re.compile(r"\d\.\d{2}(?![\d,.])")


@dataclass(frozen=True)
class Figure:
    """A number with its place in the folded text; `sign` is the currency written beside it, if any."""

    value: Decimal
    start: int
    end: int
    decimals: int
    sign: str = ""
    in_lakhs: bool = False

    @property
    def is_price(self) -> bool:
        """Whether it is written as money is: with two decimals, a currency, or as 1,25,000."""
        return self.decimals == 2 or bool(self.sign) or self.in_lakhs


def has_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether a document's amounts have their decimals behind a comma."""
    commas = points = 0
    for text in texts:
        commas += len(_COMMA.findall(text))
        points += len(_POINT.findall(text))
    return commas > points


@lru_cache(maxsize=4096)
def find(text: str, comma: bool) -> tuple[Figure, ...]:
    """The numbers of a folded text, left to right: no dates, times, percentages, or parts of codes.

    `comma` says that decimals stand behind a comma in this document. Groups of two and three digits (1,23,456.00) are
    understood, a minus before or behind, parentheses for less than nothing, `399,-` and `399/-` for a round sum.
    """
    return tuple(figure for match in _NUMBER.finditer(text) if (figure := _figure(match, comma)))


def _figure(match: re.Match[str], comma: bool) -> Figure | None:
    whole, point, decimals = match["whole"], match["point"] or "", (match["decimals"] or "").strip("-")
    if not point and len(whole) > 4 and whole[-4] in ".,":
        if whole[-4] == ("," if comma else ".") and len(re.findall(r"[.,]", whole)) == 1:
            whole, decimals = whole[:-4], whole[-3:]
    elif point and len(decimals) == 3 and point != ("," if comma else "."):
        whole, decimals = whole + decimals, ""
    if not decimals and match.string[match.end("whole") :][:1].isalpha() and not match["after"]:
        return None
    digits = re.sub(r"\D", "", whole)
    value = Decimal(f"{digits}.{decimals}" if decimals else digits)
    if value > LARGEST_AMOUNT:
        return None
    negative = match["minus"] or match["inner"] or match["trailing"] or (match["open"] and match["close"])
    sign = (match["before"] or match["after"] or "").strip(" :")
    places = 2 if match["round"] or (match["decimals"] or "").startswith("-") else len(decimals)
    return Figure(
        -value if negative else value, match.start(), match.end(), places, sign, _LAKHS.fullmatch(whole) is not None
    )
