"""Why a payment stands out, in words that a person understands."""

from app.core import amounts
from app.core.money import to_decimal
from app.insights import payees
from app.insights.anomalies import Anomaly, Why

LONGEST_NAME = 60


def reason(anomaly: Anomaly, currency: str) -> str:
    """One sentence: "₹12,400 at Big Bazaar is 6 times what you usually pay there (about ₹2,000).\""""

    def brief(minor: int) -> str:
        return amounts.brief(to_decimal(minor, currency), currency)

    line = anomaly.line
    name = payees.name(line)
    name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    usual = amounts.rounded(to_decimal(anomaly.expected, currency), currency)
    match anomaly.why:
        case Why.TWICE:
            why = "was paid twice, though you seldom pay there twice a day."
        case Why.PRICE:
            why = f"is {_times(anomaly)} the usual price ({brief(anomaly.expected)})."
        case Why.PAYEE:
            why = f"is {_times(anomaly)} what you usually pay there (about {usual})."
        case Why.CATEGORY | Why.EVERYTHING:
            what = line.category if anomaly.why == Why.CATEGORY else "anything"
            otherwise = f"at most {brief(anomaly.dearest)}, mostly about {usual}"
            why = f"is far more than you otherwise pay for {what} at once: {otherwise}."
    return f"{brief(line.amount)} at {name} {why}"


def _times(anomaly: Anomaly) -> str:
    factor = anomaly.line.amount / max(1, anomaly.expected)
    return f"{factor:,.0f} times" if factor >= 3 else f"{factor:.1f} times"
