"""A ledger of random rows, and what analytics must answer about it, from nothing but Decimal and the calendar."""

import json
import random
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.extensions import mongo
from tests.factories import Person, data
from tests.records import TRANSACTIONS, send_raw

PLACES = {"INR": 2, "USD": 2, "JPY": 0, "KWD": 3}
CATEGORIES = ["Groceries", "Travel", "Food & Dining", "Housing", "Other"]
MERCHANTS = [None, "Big Bazaar", "big bazaar", "Airline", "Café Ölmühle", "Shop 1", "Shop 2", "Shop 3", "Shop 4"]
EDGES = [time(0), time(0, 0, 0, 1000), time(2, 30), time(12), time(23, 59, 59, 999000)]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A transaction that counts, as an oracle sees it."""

    kind: str
    currency: str
    category: str
    merchant: str | None
    amount: Decimal
    instant: datetime
    day: date

    @property
    def spend(self) -> Decimal:
        return {"expense": self.amount, "refund": -self.amount, "income": Decimal(0)}[self.kind]

    @property
    def month(self) -> str:
        return str(self.day)[:7]

    def json(self) -> str:
        rest = {"type": self.kind, "currency": self.currency, "category": self.category, "merchant": self.merchant}
        shown = {**rest, "date": self.instant.isoformat(), "description": f"of {self.day}"}
        return f'{{"amount": {self.amount}, {json.dumps(shown)[1:]}'


def random_rows(rng: random.Random, zone: str, currency: str, today: date, number: int) -> list[Row]:
    """Rows of 26 months up to the one after today's, many of them in the first and last moments of a month."""
    rows = []
    for _ in range(number):
        month = month_before(today, rng.randrange(-1, 25))
        day = month + DAY * rng.choice([0, -1, rng.randrange(27)])
        local = datetime.combine(day, rng.choice(EDGES), ZoneInfo(zone))
        kept = rng.choice([currency, currency, currency, *PLACES])
        minor = rng.choice([rng.randint(1, 300_000), rng.randint(1, 999)])
        rows.append(
            Row(
                kind=rng.choice(["expense"] * 5 + ["refund", "income"]),
                currency=kept,
                category=rng.choice(CATEGORIES),
                merchant=rng.choice(MERCHANTS),
                amount=Decimal(minor).scaleb(-PLACES[kept]),
                instant=local.astimezone(UTC),
                day=local.astimezone(UTC).astimezone(ZoneInfo(zone)).date(),
            )
        )
    return rows


def store(person: Person, rows: list[Row]) -> list[str]:
    """Store them over HTTP; their ids in the same order."""
    answer = send_raw(person, "POST", f"{TRANSACTIONS}bulk", f'{{"transactions": [{",".join(map(Row.json, rows))}]}}')
    assert data(answer)["errors"] == []
    return [created["_id"] for created in data(answer)["created"]]


def store_beside(person: Person, rows: list[Row], rng: random.Random) -> list[Row]:
    """Store these, of which some are then deleted, failed or not read yet; those of them that count all the same."""
    fates: list[tuple[Row, str]] = []
    for row, transaction_id in zip(rows, store(person, rows), strict=True):
        fate = rng.choice(["deleted", "failed", "processing", "read again"])
        fates.append((row, fate))
        if fate == "deleted":
            assert person.delete(f"{TRANSACTIONS}{transaction_id}").status_code == 200
            continue
        changed: dict[str, Any] = {"status": "failed" if fate == "failed" else "processing"}
        if fate == "processing":
            changed["amount"] = 0
        mongo.db.transactions.update_one({"_id": ObjectId(transaction_id)}, {"$set": changed})
    return [row for row, fate in fates if fate == "read again"]


def month_before(day: date, back: int) -> date:
    """The first day of the month so many before a day's."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def month_end(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def change(now: Decimal, then: Decimal) -> Decimal | None:
    return rounded((now - then) * 100 / abs(then), 2) if then else None


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


class Oracle:
    """What analytics answer about rows to somebody with this currency, on this day."""

    def __init__(self, rows: list[Row], currency: str, today: date) -> None:
        self.rows, self.currency, self.today = rows, currency, today

    def own(self, first: date, last: date) -> list[Row]:
        return [row for row in self.rows if first <= row.day <= last and row.currency == self.currency]

    def spent(self, first: date, last: date) -> Decimal:
        return total(self.own(first, last))

    def mean(self, rows: list[Row]) -> Decimal:
        return rounded(total(rows) / len(rows), PLACES[self.currency]) if rows else Decimal(0)

    def unconverted(self, first: date, last: date) -> list[dict[str, Any]]:
        others = [row for row in self.rows if first <= row.day <= last and row.currency != self.currency]
        return [
            {"currency": code, "total": total(part), "income": income(part), "count": len(part)}
            for code, part in grouped(others, lambda row: row.currency)
        ]

    def trends(self, number: int) -> dict[str, Any]:
        firsts = [month_before(self.today, back) for back in reversed(range(number))]
        months, totals = [], []
        for first in firsts:
            rows = spending(self.own(first, month_end(first)))
            before = month_before(first, 1)
            totals.append((total(rows), len(rows)))
            months.append(
                {
                    "month": f"{first:%Y-%m}",
                    "total": total(rows),
                    "count": len(rows),
                    "average": self.mean(rows),
                    "change_pct": change(total(rows), self.spent(before, month_end(before))),
                }
            )
        average = sum((value for value, _ in totals), Decimal(0)) / number
        return {
            "currency": self.currency,
            "months": months,
            "average": rounded(average, PLACES[self.currency]),
            "trend": self.trend(totals),
            "unconverted": self.unconverted(firsts[0], month_end(firsts[-1])),
        }

    def trend(self, totals: list[tuple[Decimal, int]]) -> dict[str, Any]:
        begun = [place for place, (_, count) in enumerate(totals) if count]
        values = [value for value, _ in totals[begun[0] if begun else 0 : -1]]
        slopes = [
            (values[later] - values[sooner]) / (later - sooner)
            for sooner in range(len(values))
            for later in range(sooner + 1, len(values))
        ]
        if not slopes:
            return {"direction": "flat", "slope_per_month": 0}
        slope = median(slopes)
        agreeing = sum((value > 0) == (slope > 0) and value != 0 for value in slopes)
        steep = abs(slope) >= abs(sum(values) / len(values)) * Decimal("0.02")
        is_flat = slope == 0 or not steep or agreeing < len(slopes) * 0.75
        direction = "flat" if is_flat else "up" if slope > 0 else "down"
        return {"direction": direction, "slope_per_month": rounded(slope, PLACES[self.currency])}

    def categories(self, first: date, last: date, before: date) -> dict[str, Any]:
        rows, earlier = self.own(first, last), self.own(before, first - DAY)
        return {
            "start_date": str(first),
            "end_date": str(last),
            "previous_start_date": str(before),
            "previous_end_date": str(first - DAY),
            "currency": self.currency,
            "total": total(rows),
            "previous_total": total(earlier),
            "change_pct": change(total(rows), total(earlier)),
            "categories": [self.category(name, part, earlier) for name, part in ranked(rows, category)],
            "unconverted": self.unconverted(first, last),
        }

    def category(self, name: str, rows: list[Row], earlier: list[Row]) -> dict[str, Any]:
        before = total([row for row in earlier if row.category == name])
        named = [row for row in rows if row.merchant is not None]
        return {
            "category": name,
            "total": total(rows),
            "count": len(rows),
            "average": self.mean(rows),
            "previous_total": before,
            "change_pct": change(total(rows), before),
            "top_merchants": [
                {"merchant": merchant, "total": total(part), "count": len(part)}
                for merchant, part in ranked(named, lambda row: row.merchant or "")[:5]
            ],
        }

    def figures(self, first: date) -> dict[str, Decimal]:
        rows = self.own(first, month_end(first))
        spend, came_in = total(rows), income(rows)
        expenses, refunds = (
            sum((row.amount for row in rows if row.kind == kind), Decimal(0)) for kind in ("expense", "refund")
        )
        return {"income": came_in, "expenses": expenses, "refunds": refunds, "spend": spend, "net": came_in - spend}

    def report(self, first: date) -> dict[str, Any]:
        """Without `budgets`, which are those of the budgets' route."""
        last, before = month_end(first), month_before(first, 1)
        rows, figures, earlier = self.own(first, last), self.figures(first), self.figures(before)
        saved = rounded(figures["net"] * 100 / figures["income"], 2) if figures["income"] else None
        return {
            "month": f"{first:%Y-%m}",
            "currency": self.currency,
            **figures,
            "savings_rate_pct": saved,
            "transaction_count": len(spending(rows)),
            "by_category": [
                {"category": name, "total": total(part), "count": len(part)} for name, part in ranked(rows, category)
            ],
            "by_day": [self.of_day(first + DAY * number) for number in range(last.day)],
            "comparison": {
                "month": f"{before:%Y-%m}",
                **earlier,
                "income_change_pct": change(figures["income"], earlier["income"]),
                "change_pct": change(figures["spend"], earlier["spend"]),
            },
            "unconverted": self.unconverted(first, last),
        }

    def of_day(self, day: date) -> dict[str, Any]:
        rows = spending(self.own(day, day))
        return {"date": str(day), "total": total(rows), "count": len(rows)}

    def largest(self, first: date) -> list[Decimal]:
        rows = self.own(first, month_end(first))
        return sorted((row.amount for row in rows if row.kind == "expense"), reverse=True)[:10]

    def years(self, year: int) -> dict[str, Any]:
        def spent(of: int, month: int) -> Decimal:
            return self.spent(date(of, month, 1), month_end(date(of, month, 1)))

        pairs = [(spent(year, month), spent(year - 1, month)) for month in range(1, 13)]
        now, then = (sum(of_year, Decimal(0)) for of_year in zip(*pairs, strict=True))
        return {
            "year": year,
            "previous_year": year - 1,
            "currency": self.currency,
            "months": [
                {
                    "month": month,
                    "current": current,
                    "previous": previous,
                    "change_pct": change(current, previous) if date(year, month, 1) <= self.today else None,
                }
                for month, (current, previous) in enumerate(pairs, start=1)
            ],
            "total_current": now,
            "total_previous": then,
            "change_pct": change(now, then),
            "unconverted": self.unconverted(date(year - 1, 1, 1), date(year, 12, 31)),
        }

    def budgets(self, first: date, limits: dict[tuple[str, str], Decimal]) -> dict[str, Any]:
        """With `limits` by category and period, all in the oracle's currency and of the month's year."""
        rows = self.own(first, month_end(first))
        shown = [self.budget(first, name, period, limit) for (name, period), limit in sorted(limits.items())]
        monthly = [budget for budget in shown if budget["period"] == "monthly"]
        limit, actual = (sum((budget[key] for budget in monthly), Decimal(0)) for key in ("budget", "actual"))
        free = [(name, part) for name, part in ranked(rows, category) if name not in {name for name, _ in limits}]
        return {
            "month": f"{first:%Y-%m}",
            "currency": self.currency,
            "budgets": shown,
            "unbudgeted": [{"category": name, "actual": total(part)} for name, part in free],
            "totals": {
                "budget": limit,
                "actual": actual,
                "remaining": limit - actual,
                "used_pct": rounded(actual * 100 / limit, 2) if limit else None,
                "unbudgeted": sum((total(part) for _, part in free), Decimal(0)),
                "spend": total(rows),
            },
            "unconverted": self.unconverted(first, month_end(first)),
        }

    def budget(self, first: date, name: str, period: str, limit: Decimal) -> dict[str, Any]:
        days = (first, month_end(first)) if period == "monthly" else (date(first.year, 1, 1), date(first.year, 12, 31))
        actual = total([row for row in self.own(*days) if row.category == name])
        return {
            "category": name,
            "period": period,
            "currency": self.currency,
            "budget": limit,
            "actual": actual,
            "remaining": limit - actual,
            "used_pct": rounded(actual * 100 / limit, 2),
            "status": "over" if actual > limit else "warning" if actual * 100 >= limit * 80 else "ok",
        }


def total(rows: Iterable[Row]) -> Decimal:
    return sum((row.spend for row in rows), Decimal(0))


def income(rows: Iterable[Row]) -> Decimal:
    return sum((row.amount for row in rows if row.kind == "income"), Decimal(0))


def spending(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.kind != "income"]


def category(row: Row) -> str:
    return row.category


def grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> list[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return sorted(found.items())


def ranked(rows: Iterable[Row], key: Callable[[Row], str]) -> list[tuple[str, list[Row]]]:
    """Expenses and refunds by a key, most spent first."""
    return sorted(grouped(spending(rows), key), key=lambda entry: (-total(entry[1]), entry[0]))
