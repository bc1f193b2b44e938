"""Why a payment stands out, in words that a person understands."""

from app.core import amounts
from app.core.money import to_decimal
from app.insights import payees
from app.insights.anomalies import Anomaly, Why

LONGEST_NAME = 60


def reason(anomaly: Anomaly, currency: str) -> str:
    """One sentence: "₹12,400 at Big Bazaar is 6 times what you usually pay there (about ₹2,000).\""""
    paid = amounts.brief(to_decimal(anomaly.line.amount, currency), currency)
    name = payees.name(anomaly.line)
    name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    usual = amounts.rounded(to_decimal(max(1, anomaly.expected), currency), currency)
    dearest = amounts.brief(to_decimal(anomaly.dearest, currency), currency)
    match anomaly.why:
        case Why.TWICE:
            return f"{paid} at {name} was paid twice on the same day."
        case Why.PRICE:
            price = amounts.brief(to_decimal(anomaly.expected, currency), currency)
            return f"{paid} at {name} is {_more(anomaly)} the usual price ({price})."
        case Why.PAYEE:
            return f"{paid} at {name} is {_more(anomaly)} what you usually pay there (about {usual})."
        case Why.CATEGORY:
            return (
                f"{paid} at {name} is {_more(anomaly)} what you usually pay at once for {anomaly.line.category} "
                f"(about {usual}; at most {dearest} otherwise)."
            )
    return f"{paid} at {name} is {_more(anomaly)} what you usually pay at once (about {usual})."


def _more(anomaly: Anomaly) -> str:
    factor = anomaly.line.amount / max(1, anomaly.expected)
    return f"{factor:,.0f} times" if factor >= 3 else f"{factor:.1f} times"
