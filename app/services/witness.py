"""What the embedded reader saw on the paper, held against what Gemini says is there.

A number that is on the paper nowhere is a made-up number until a person has looked.
"""

from dataclasses import replace

from app.services.receipt_parser import amounts, dates
from app.services.receipt_parser.types import Hints, Reading

# Nobody has counted how often Gemini is right, so these are not frequencies but three levels: two readers that work
# in different ways agree; the value is on the paper, but the other reader prefers another one; it is not seen there.
AGREED, SEEN, UNSEEN = 0.97, 0.85, 0.3
ALIKE = 85  # of 100: OCR takes some letters of a name for others


def judged(reading: Reading, own: Reading, hints: Hints) -> Reading:
    """Gemini's reading with confidences, and with the text and the rounding that the other saw where it has none.

    Args:
        reading: Gemini's.
        own: the embedded reader's of the same document, with the text it saw.
    """
    confidence = _confidence(reading, own, hints)
    return replace(reading, text=reading.text or own.text, rounding=own.rounding, confidence=confidence)


def _confidence(reading: Reading, own: Reading, hints: Hints) -> dict[str, float]:
    found: dict[str, float] = {}
    if reading.total is not None:
        total = abs(reading.total)  # documents print a refund with a minus, in brackets or without
        found["total"] = _level(own.total is not None and total == abs(own.total), total in _amounts(own.text))
    if reading.date is not None:
        found["date"] = _level(reading.date == own.date, reading.date in _days(own.text, hints))
    if reading.merchant is not None:
        found["merchant"] = _level(reading.merchant == own.merchant, _is_named(reading.merchant, own.text))
    return found


def _level(agreed: bool, seen: bool) -> float:
    return AGREED if agreed else SEEN if seen else UNSEEN


def _amounts(text: str) -> set[object]:
    return {abs(amount.value) for line in text.splitlines() for amount in amounts.find(line, whole=True)}


def _days(text: str, hints: Hints) -> set[object]:
    found = [day for line in text.splitlines() for day in dates.find(line, "day first", hints.today)]
    return {day.date for day in found} | {day.other for day in found}


def _is_named(merchant: str, text: str) -> bool:
    from rapidfuzz import fuzz, utils  # noqa: PLC0415 -- only a worker that needs it pays

    return fuzz.partial_ratio(merchant, text, processor=utils.default_process) >= ALIKE
