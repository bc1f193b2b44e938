"""Amounts of money in a text, as countries, tills and OCR engines write them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from app.core.money import LARGEST_AMOUNT
from app.services.receipt_parser.digits import repaired

_MARK = (
    r"(?:(?:US|CA|AU|NZ|HK|NT|S|A|C)?\$|[€£¥₹฿₫₩₱]"
    r"|(?<![A-Za-z])(?:RM|Rs\.?|Rp\.?|INR|MYR|USD|EUR|GBP|SGD|AUD|CAD|NZD|CHF|IDR|THB|AED|SEK|NOK|DKK|PLN|CZK|HUF|JPY"
    r"|CNY|HKD|ZAR|BRL|MXN|TRY|KR\.?|Euro))"
)
_AMOUNT = re.compile(
    rf"""(?P<open>\()?(?P<minus>(?<![\w.,])[-–−]\s?)?
    (?:(?P<before>{_MARK})\s?:?\s?(?P<inner>[-–−]\s?)?)?
    (?<!\d)(?<!\d[.,:/])
    (?P<whole>(?P<lakhs>\d{{1,2}}(?:,\s?\d\d)+,\s?\d{{3}}(?![.,]?\d{{3}}))  # 1,25,000.00 and 1,25,000
      |\d{{1,2}}(?:[.,]\s?\d\d)+[.,]\s?\d{{3}}(?=[.,]\s?\d\d(?!\d))         # 1.25.000,00
      |\d{{1,3}}(?:[.,'’]\s?\d{{3}})+(?=[.,]\s?\d{{2}}(?!\d))  # 1,234.56 and 1.234.56, a comma misread
      |\d{{1,3}}(?:[ ]\d{{3}})+(?=,\d{{2}}(?!\d))                     # 1 234,56
      |(?:\d{{1,3}}(?:[,'’]\d{{3}})+(?![.,]?\d)             # 1,234
        |[1-9]\d{{0,2}}(?:[.]\d{{3}}){{2,}}(?![.,]?\d))                 # 1.234.567
      |\d{{1,8}}|(?<![\w.,])(?=[.]\d\d(?!\d))                          # .82
    )
    (?:(?P<point>\s?[.]\s?|,)(?P<decimals>\d{{1,3}}))?
    (?!\d)(?![.,:/]\d)(?!\s?%)(?!\s?[ap]\.?m\b)
    (?P<close>\))?(?P<trailing>-(?!\w)|\s-$)?
    (?:(?P<round>/[-–=](?!\w))|\s?(?P<after>{_MARK})(?![A-Za-z]))?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Amount:
    """An amount with its place in the text; `decimals` are those written, `marked`: a currency stands by it.

    `grouped` says that its lakhs are parted (1,25,000), as only money is, and no decimals follow.
    """

    value: Decimal
    start: int
    end: int
    decimals: int
    marked: bool
    grouped: bool = False

    @property
    def is_price(self) -> bool:
        """Whether it is written as money is: with two decimals (some tills print three), a currency, or in lakhs."""
        return self.decimals >= 2 or self.marked or self.grouped


def find(text: str, whole: bool = False) -> list[Amount]:
    """The amounts in a text, left to right; with `whole` also bare numbers like 2 or 1500, else only prices.

    1,234.56 and 1.234,56 are understood, lakhs and crores (1,25,000.00), a round sum in rupees (500/-), a minus before
    or behind, parentheses for less than nothing, and letters in place of digits. A comma before three digits parts
    thousands, a point before three digits decimals. Percentages, times and dates are none.
    """
    found = [_amount(match) for match in _AMOUNT.finditer(repaired(text))]
    return [amount for amount in found if amount and (whole or amount.is_price)]


def _amount(match: re.Match[str]) -> Amount | None:
    decimals = match["decimals"] or ""
    digits = re.sub(r"\D", "", match["whole"])
    value = Decimal(f"{digits or 0}.{decimals}" if decimals else digits)
    if value > LARGEST_AMOUNT:
        return None
    negative = match["minus"] or match["inner"] or match["trailing"] or (match["open"] and match["close"])
    marked = bool(match["before"] or match["after"] or match["round"])
    grouped = bool(match["lakhs"] and not decimals)
    return Amount(-value if negative else value, match.start(), match.end(), len(decimals), marked, grouped)
