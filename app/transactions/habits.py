"""A person's own categories for similar texts win over the general model."""

from collections.abc import Callable
from functools import lru_cache

from bson import ObjectId
from rapidfuzz import fuzz

from app.core.records import readable
from app.core.types import CATEGORIES
from app.services.expense_reader import Reading
from app.transactions import repository, texts

REMEMBERED = 300
MOST_MERCHANTS = 10_000  # whose habit is kept while a file is read
ALMOST_THE_SAME = 90.0  # rapidfuzz's ratio of two names, 0..100: one letter of ten
ALIKE = 85.0  # rapidfuzz's token set ratio, 0..100


def category(owner: ObjectId, text: str, reading: Reading) -> str | None:
    """The category the person last chose for the same merchant or nearly the same words; None without such."""
    decisions = [] if reading.type == "income" else repository.decisions(owner, REMEMBERED)
    words = _words(text) if decisions else ""
    judged = readable(decisions, lambda decision: _same_merchant(decision, reading) or _alike(words, decision))
    for decision, applies in judged:
        if applies and decision.get("category") in CATEGORIES:
            return str(decision["category"])
    return None


def of_merchant(owner: ObjectId, merchant: str) -> str | None:
    """The category the person last chose for a merchant, whose name may have been read with a slip."""
    return by_merchant(owner)(merchant)


def by_merchant(owner: ObjectId) -> Callable[[str], str | None]:
    """`of_merchant` for many merchants, by what the person has chosen until now."""
    decisions = repository.decisions(owner, REMEMBERED)

    @lru_cache(maxsize=MOST_MERCHANTS)
    def chosen(merchant: str) -> str | None:
        name = texts.payee(merchant)
        judged = readable(decisions, lambda decision: _is_named(decision, name))
        categories = (decision["category"] for decision, applies in judged if applies)
        return next((str(category) for category in categories if category in CATEGORIES), None)

    return chosen


def _is_named(decision: dict[str, str | None], name: str) -> bool:
    return fuzz.ratio(texts.payee(decision["merchant"] or ""), name) >= ALMOST_THE_SAME


def _same_merchant(decision: dict[str, str | None], reading: Reading) -> bool:
    earlier = decision["merchant"]
    return bool(earlier and reading.merchant and texts.payee(earlier) == texts.payee(reading.merchant))


def _alike(words: str, decision: dict[str, str | None]) -> bool:
    earlier = (_words(decision[name] or "") for name in ("text", "description"))
    return bool(words) and any(fuzz.token_sort_ratio(words, known) >= ALIKE for known in earlier if known)


@lru_cache(maxsize=10_000)
def _words(text: str) -> str:
    from app.services import parser  # noqa: PLC0415 -- loads its vocabulary in the worker that first needs it

    return " ".join(sorted(parser.normalise_words(text)))
