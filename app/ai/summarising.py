"""What a worker does with a requested summary: compute the figures, have prose written around them, settle."""

import logging
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId
from flask import current_app

from app.ai import prose, repository
from app.core import clock
from app.models.transactions import Kind
from app.transactions import spending_service
from app.transactions.spending_service import Sum

log = logging.getLogger(__name__)
DAYS = 30
MOST_ATTEMPTS = 5
MOST_CATEGORIES = 5
Document = dict[str, Any]


def summarise(owner: ObjectId, summary_id: ObjectId, lease_until: datetime) -> None:
    """Write the summary and settle it; nothing happens to one that is settled or gone."""
    document = repository.take_up(owner, summary_id, lease_until)
    if document is None:
        return
    if document["attempts"] > MOST_ATTEMPTS:
        repository.settle(owner, summary_id, {"status": "failed"})
        return
    figures = compute(owner, document["currency"], clock.today(document["timezone"]))
    summary = prose.write(current_app.config["SETTINGS"], figures)
    repository.settle(owner, summary_id, {"status": "completed", "figures": figures, "summary": summary})
    log.info("summary %s written", summary_id)


def compute(owner: ObjectId, currency: str, today: date) -> Document:
    """The figures of the 30 days up to today and the 30 before, amounts in minor units of `currency`."""
    first = today - timedelta(days=DAYS - 1)
    current = _own(owner, currency, first, today)
    previous = _own(owner, currency, first - timedelta(days=DAYS), first - timedelta(days=1))
    spend, before = (sum(part.spend for part in parts) for parts in (current, previous))
    return {
        "start_date": first.isoformat(),
        "end_date": today.isoformat(),
        "currency": currency,
        "total_spend": spend,
        "previous_spend": before,
        "change_pct": spending_service.change_pct(spend, before),
        "income": sum(part.total for part in current if part.type == Kind.INCOME),
        "transaction_count": sum(part.count for part in current if part.type != Kind.INCOME),
        "top_categories": _top(current, spend),
    }


def _own(owner: ObjectId, currency: str, first: date, last: date) -> list[Sum]:
    return [part for part in spending_service.sums(owner, first, last) if part.currency == currency]


def _top(parts: list[Sum], spend: int) -> list[Document]:
    totals: dict[str, int] = {}
    for part in parts:
        totals[part.category] = totals.get(part.category, 0) + part.spend
    ranked = sorted(((total, category) for category, total in totals.items() if total > 0), reverse=True)
    return [
        {
            "category": category,
            "total": total,
            "share_pct": float(round(Decimal(total) * 100 / spend, 1)) if spend > 0 else 0.0,
        }
        for total, category in ranked[:MOST_CATEGORIES]
    ]
