"""Amounts as people and banks write them: signs before and after, brackets, CR and DR, currencies, any grouping."""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from app.core.money import DECIMALS

LONGEST = 40
DOLLARS = (
    "USD",
    "CAD",
    "AUD",
    "NZD",
    "SGD",
    "HKD",
    "TWD",
    "MXN",
    "ARS",
    "CLP",
    "COP",
    "JMD",
    "BBD",
    "BSD",
    "FJD",
    "NAD",
    *("BMD", "BND", "BZD", "DOP", "GYD", "KYD", "LRD", "SBD", "SRD", "TTD", "UYU", "XCD"),
)
# What a sign may stand for, the most usual first; a person's own currency wins where it is among them.
SIGNS: dict[str, tuple[str, ...]] = {
    "$": DOLLARS,
    "¥": ("JPY", "CNY"),
    "£": ("GBP", "EGP", "LBP", "GIP", "FKP", "SHP", "SSP", "SYP"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"),
    **dict.fromkeys(("fr", "sfr"), ("CHF",)),
    **dict.fromkeys(("元", "圆", "人民币", "人民幣", "rmb", "cn¥"), ("CNY",)),
    **{sign: (code,) for sign, code in {"€": "EUR", "euro": "EUR", "euros": "EUR", "₹": "INR", "inr": "INR"}.items()},
    **{sign: (code,) for sign, code in {"円": "JPY", "yen": "JPY", "zł": "PLN", "kč": "CZK", "₩": "KRW"}.items()},
    **{sign: (code,) for sign, code in {"₽": "RUB", "₺": "TRY", "฿": "THB", "₫": "VND", "₱": "PHP"}.items()},
    **{sign: (code,) for sign, code in {"₪": "ILS", "₦": "NGN", "₴": "UAH", "ft": "HUF", "rm": "MYR"}.items()},
    **{sign: (code,) for sign, code in {"us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD"}.items()},
    **{sign: (code,) for sign, code in {"hk$": "HKD", "s$": "SGD", "nz$": "NZD", "r$": "BRL", "nt$": "TWD"}.items()},
    **{sign: (code,) for sign, code in {"mx$": "MXN", "rp": "IDR", "lei": "RON"}.items()},
}
MINUS = ("dr", "d", "db", "debit", "soll", "s", "借", "支出")
PLUS = ("cr", "c", "credit", "haben", "h", "贷", "收入")
PLAIN = re.compile(r"([-+]?)(\d[\d.,]{0,18})", re.ASCII)
PARTS = re.compile(r"(\D{0,12}?)((?:\d[\d.,'’ ]*)?\d|[.,]\d+)(\D{0,12})")
NO_DECIMALS = re.compile(r"[,.]-+$|/[-=]$")  # "45,-" and "45/-" are whole amounts
POINT = re.compile(r"(?:\d+|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:[ '’]\d{3})+|[1-9]\d?(?:,\d{2})+,\d{3})?(?:\.\d+)?")
COMMA = re.compile(r"(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,2}(?:[ '’]\d{3})+)?(?:,\d+)?")
DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "\u200e": "", "\u200f": ""})


class Written(NamedTuple):
    """An amount taken apart: its digits with separators, "-", "+" or "", and the currency's sign or code, folded."""

    number: str
    sign: str
    currency: str


def apart(cell: str) -> Written | None:
    """Take an amount apart; None for what is none."""
    if found := PLAIN.fullmatch(cell):
        return Written(found[2], found[1], "")
    if len(cell) > LONGEST:
        return None
    text = unicodedata.normalize("NFKC", cell).translate(DASHES).strip().strip('="').strip()
    found = PARTS.fullmatch(NO_DECIMALS.sub("", text))
    if found is None:
        return None
    before, number, after = found.groups()
    around = f"{before} {after}".casefold()
    sign = _sign(before, after)
    words = re.sub(r"[-+()]|\.(?= |$)", " ", around).split()
    marks = [word for word in words if word in MINUS or word in PLUS]
    others = [word for word in words if word not in marks]
    if sign is None or len(marks) > 1 or len(others) > 1 or not all(known(word) for word in others):
        return None
    marked = ("-" if marks[0] in MINUS else "+") if marks else ""
    if marked and sign and sign != marked:  # "-45.00 DR" says the same thing twice, "-45.00 CR" says nothing
        return None
    return Written(number, marked or sign, others[0] if others else "")


def _sign(before: str, after: str) -> str | None:
    """The sign that brackets, minus and plus give; None where they contradict each other."""
    brackets = ("(" in before, ")" in after)
    signs = [letter for letter in before + after if letter in "-+"]
    if brackets[0] != brackets[1] or len(signs) > 1 or (brackets[0] and "+" in signs):
        return None
    return "-" if brackets[0] else "".join(signs)


def known(word: str) -> bool:
    """Whether a word stands for a currency."""
    return word in SIGNS or word.upper() in DECIMALS


def currency_of(word: str, preferred: str | None) -> str | None:
    """The ISO 4217 code of a currency's sign or code, a person's own one where the sign leaves a choice; else None."""
    folded = unicodedata.normalize("NFKC", word).strip().casefold().rstrip(".")
    if folded.upper() in DECIMALS:
        return folded.upper()
    meant = SIGNS.get(folded, ())
    return preferred if preferred in meant else next(iter(meant), None)


def mark_of(number: str) -> str:
    """Which decimal mark the digits of an amount show: "." or ","; "" where both say the same.

    "?" where both are possible and say different things ("1,234"), "!" where neither is.
    """
    point, comma = POINT.fullmatch(number), COMMA.fullmatch(number)
    if point and comma:
        return "?" if "." in number or "," in number else ""
    return "." if point else "," if comma else "!"


def value_of(number: str, mark: str) -> Decimal | None:
    """The number that digits with separators stand for when `mark` is the decimal mark; None where they can't.

    Without a mark only those that can be read in one way stand for a number.
    """
    mark = mark or {"": "."}.get(shown := mark_of(number), shown)
    if mark not in (".", ","):
        return None
    if not (POINT if mark == "." else COMMA).fullmatch(number):
        return None
    grouping = "," if mark == "." else "."
    bare = number.replace(grouping, "").replace(",", ".")
    return Decimal(bare if bare.isascii() and " " not in bare and "'" not in bare else re.sub(r"[ '’]", "", bare))
