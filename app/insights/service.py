"""What a person's payments of the latest three years tell: rhythms, oddities, trends and what recurs."""

from datetime import date
from typing import Any

from app.core import clock
from app.core.errors import Unavailable
from app.core.money import to_number
from app.core.turns import Turns
from app.insights import anomalies, category_trends, reasons, recurring, rhythms
from app.insights.anomalies import Anomaly
from app.insights.recurring import Recurring
from app.insights.rhythms import Part, Season
from app.models.users import User
from app.transactions import ledger_service, spending_service, sums_service
from app.transactions.ledger_service import Line

Document = dict[str, Any]
YEARS = 3
LAST_DAY = date(2100, 12, 31)  # the last one there can be: what is entered ahead counts as well
MOST_ANOMALIES = 100
PATIENCE_SECONDS = 10.0  # the longest ledgers take half of that, all others a moment


class TooMany(Unavailable):
    """503: long ledgers of others are being read."""

    code, message = "too_many_insights", "Other people's insights are being prepared. Please try again in a moment."


# One at a time: a few people with long ledgers would hold up everybody else in this process.
ledgers = Turns(1, TooMany, PATIENCE_SECONDS)


def spending_patterns(user: User) -> Document:
    """All patterns, in the user's currency.

    Raises:
        TooMany: those of others take too long.
    """
    today, currency = clock.today(user["timezone"]), user["currency"]
    first = date(today.year - YEARS, today.month, 1)
    everything = sums_service.sums(user["_id"], first, LAST_DAY)
    with ledgers.taken():
        lines = ledger_service.entries(user["_id"], first, LAST_DAY, currency)
        return {
            "currency": currency,
            "period": _period(lines),
            **_rhythms(lines, today, currency),
            "anomalies": [_anomaly(one, currency) for one in anomalies.find(lines)[:MOST_ANOMALIES]],
            "trends": _trends(lines, today, currency),
            "recurring": [_recurring(one, currency) for one in recurring.find(lines, today)],
            "unconverted": spending_service.unconverted(everything, currency),
        }


def _period(lines: list[Line]) -> Document:
    first, last = (lines[0].local_date, lines[-1].local_date) if lines else (None, None)
    return {"start_date": first, "end_date": last, "transaction_count": len(lines)}


def _rhythms(lines: list[Line], today: date, currency: str) -> Document:
    spent = rhythms.by_day(lines)
    weekdays, days = rhythms.weekdays(spent), rhythms.days_of_month(spent)
    return {
        "weekday": [{"name": rhythms.name_of_day(part.number), **_part(part, currency)} for part in weekdays],
        "day_of_month": [{"day": part.number, **_part(part, currency)} for part in days],
        "seasonal": [_season(season, currency) for season in rhythms.seasons(spent, today)],
    }


def _part(part: Part, currency: str) -> Document:
    average = round(part.total / part.count) if part.count else 0
    return {
        "total": to_number(part.total, currency),
        "average": to_number(average, currency),
        "count": part.count,
        "days": part.days,
        "index": part.index,
    }


def _season(season: Season, currency: str) -> Document:
    average = None if season.average is None else to_number(season.average, currency)
    name = rhythms.name_of_month(season.month)
    return {"month": season.month, "name": name, "average": average, "index": season.index, "years": season.years}


def _anomaly(anomaly: Anomaly, currency: str) -> Document:
    line = anomaly.line
    return {
        "transaction_id": line.id,
        "date": line.local_date,
        "amount": to_number(line.amount, currency),
        "expected": to_number(anomaly.expected, currency),
        "score": round(anomaly.score, 2),
        "reason": reasons.reason(anomaly, currency),
        "kind": anomaly.why,
        "category": line.category,
        "merchant": line.merchant,
        "description": line.description,
    }


def _trends(lines: list[Line], today: date, currency: str) -> list[Document]:
    return [
        {
            "category": one.category,
            "direction": one.direction,
            "slope_per_month": to_number(one.slope, currency),
            "confidence": one.confidence,
            "months": one.months,
        }
        for one in category_trends.find(lines, today)
    ]


def _recurring(one: Recurring, currency: str) -> Document:
    rise = one.price_rise
    return {
        "merchant": one.merchant,
        "category": one.category,
        "amount": to_number(one.amount, currency),
        "cadence": one.cadence,
        "last_date": one.last_date,
        "next_date": one.next_date,
        "confidence": one.confidence,
        "payments": one.payments,
        "missed": one.missed,
        "price_rise": rise
        and {
            "before": to_number(rise.before, currency),
            "after": to_number(rise.after, currency),
            "since": rise.since,
        },
    }
