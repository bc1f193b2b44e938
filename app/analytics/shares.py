"""Shares that add up to exactly 100, percentages, and averages in whole minor units."""

from decimal import Decimal
from fractions import Fraction

HUNDREDTHS = 10_000  # of a percent, in all


def percentages(totals: list[int]) -> list[float]:
    """What percentage of their sum each total above 0 is, to two decimals, adding up to exactly 100; 0 for all others.

    By the method of the largest remainder (Hamilton): each is cut to hundredths of a percent, and what is then missing
    goes to those that lost most, the first of equals first.
    """
    whole = sum(total for total in totals if total > 0)
    if not whole:
        return [0.0] * len(totals)
    cut = [divmod(max(total, 0) * HUNDREDTHS, whole) for total in totals]
    missing = HUNDREDTHS - sum(quotient for quotient, _ in cut)
    by_loss = sorted(range(len(cut)), key=lambda place: -cut[place][1])
    rounded_up = set(by_loss[:missing])
    return [(quotient + (place in rounded_up)) / 100 for place, (quotient, _) in enumerate(cut)]


def mean(total: int, count: int) -> int:
    """The mean in minor units, half to even; 0 of nothing."""
    return round(Fraction(total, count)) if count else 0


def percent(part: int, whole: int) -> float | None:
    """What percentage of a whole a part is, to two decimals; None of nothing."""
    return float(round(Decimal(part) * 100 / whole, 2)) if whole else None
