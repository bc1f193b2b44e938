"""Answers of the analytics, made up: what drawings of them are tried with."""

import calendar
from typing import Any

from app.core.types import CATEGORIES

Document = dict[str, Any]
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&lt;b&gt; {{7*7}} ]]> </text> \x00\x1b\u202e\ud800'
LONG = "A name that goes on and on, with every branch, floor and counter of the shop in it " * 3
SCRIPTS = "किताब की दुकान · مطعم الشرق · 星巴克咖啡 · すし · தமிழ் கடை · 서울 · 🍕"


def report(month: str = "2026-01", currency: str = "INR", **changed: Any) -> Document:
    """A month with everything in it."""
    days = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
    by_day = [{"date": f"{month}-{day:02d}", "total": 101.25 * day, "count": day % 4 + 1} for day in range(1, days + 1)]
    spend = sum(day["total"] for day in by_day)
    by_category = [
        {"category": name, "total": 1000.5 * (12 - place), "count": 3 + place, "share_pct": 15.4 - 1.28 * place}
        for place, name in enumerate(CATEGORIES)
    ]
    made = {
        "month": month,
        "currency": currency,
        "income": 85000,
        "expenses": spend + 499.5,
        "refunds": 499.5,
        "spend": spend,
        "net": 85000 - spend,
        "savings_rate_pct": 40.93,
        "transaction_count": 75,
        "by_category": by_category,
        "by_day": by_day,
        "top_transactions": [expense(place, month) for place in range(10)],
        "budgets": [budget(name, place) for place, name in enumerate(CATEGORIES[:3])],
        "comparison": comparison(),
        "unconverted": [{"currency": "USD", "total": 45.5, "income": 0, "count": 1}],
    }
    return made | changed


def empty(month: str = "2026-02", currency: str = "INR") -> Document:
    """A month in which nothing happened."""
    bare = report(month, currency)
    nothing = dict.fromkeys(("income", "expenses", "refunds", "spend", "net", "transaction_count"), 0)
    lists: Document = {name: [] for name in ("by_category", "top_transactions", "budgets", "unconverted")}
    by_day = [{**day, "total": 0, "count": 0} for day in bare["by_day"]]
    before = {**comparison(), "change_pct": None, "income_change_pct": None}
    return {**bare, **nothing, **lists, "by_day": by_day, "savings_rate_pct": None, "comparison": before}


def expense(place: int = 0, month: str = "2026-01", **changed: Any) -> Document:
    """One of the largest expenses."""
    made = {
        "_id": f"65c1f0a2b7e4d93f5a1c2e{place:02d}",
        "date": f"{month}-05T06:30:00+00:00",
        "local_date": f"{month}-{place + 5:02d}",
        "amount": 9876.54 - 100 * place,
        "category": CATEGORIES[place],
        "description": f"Purchase number {place}",
        "merchant": f"Shop {place}" if place % 3 else None,
    }
    return made | changed


def budget(category: str, place: int = 0, **changed: Any) -> Document:
    """A budget with its spending."""
    made = {
        "_id": f"65c1f3d4b7e4d93f5a1c2e{place:02d}",
        "category": category,
        "limit": 12000,
        "currency": "INR",
        "period": "monthly",
        "month": 1,
        "year": 2026,
        "current_spend": 9650.5,
        "remaining": 2349.5,
        "used_pct": 80.42,
        "status": "warning",
    }
    return made | changed


def comparison() -> Document:
    """The month before."""
    return {
        "month": "2025-12",
        "income": 80000,
        "expenses": 41234.5,
        "refunds": 0,
        "spend": 41234.5,
        "net": 38765.5,
        "income_change_pct": 6.25,
        "change_pct": 21.85,
    }


def trends(months: int = 6, currency: str = "INR", **changed: Any) -> Document:
    """Spending by month."""
    totals = [20000.25 + 7919 * (place * 5 % 7) for place in range(months)]
    made = {
        "currency": currency,
        "months": [
            {"month": f"{2021 + place // 12}-{place % 12 + 1:02d}", "total": total, "count": 9, "change_pct": None}
            for place, total in enumerate(totals)
        ],
        "average": sum(totals) / months,
        "trend": {"direction": "up", "slope_per_month": 2500.5},
        "unconverted": [],
    }
    return made | changed


def insights(currency: str = "INR", **changed: Any) -> Document:
    """Spending by category."""
    categories = [
        {**row, "average": 12.5, "previous_total": 0, "change_pct": [12.3, -45.6, None][place % 3], "top_merchants": []}
        for place, row in enumerate(report()["by_category"])
    ]
    made = {
        "start_date": "2026-01-01",
        "end_date": "2026-01-31",
        "previous_start_date": "2025-12-01",
        "previous_end_date": "2025-12-31",
        "currency": currency,
        "total": 78039,
        "previous_total": 70000,
        "change_pct": 11.48,
        "categories": categories,
        "unconverted": [],
    }
    return made | changed


def cases() -> dict[str, Document]:
    """Monthly reports of every kind that a layout has to hold."""
    huge = 10_000_000.0 * 5000
    odd = [expense(0, description=HOSTILE, merchant=HOSTILE), expense(1, description=LONG, merchant=LONG)]
    odd.append(expense(2, description=SCRIPTS, merchant=SCRIPTS))
    return {
        "usual": report(),
        "empty": empty(),
        "negative": report(income=0, net=-50400, savings_rate_pct=None),
        "refunded": report(
            spend=-5000.5, by_category=[{"category": "Travel", "total": -5000.5, "count": 1, "share_pct": 0}]
        ),
        "huge": report(
            **dict.fromkeys(("income", "expenses", "refunds", "spend", "net"), huge),
            by_category=[{**row, "total": huge} for row in report()["by_category"]],
            by_day=[{**day, "total": huge} for day in report()["by_day"]],
            top_transactions=[expense(place, amount=10_000_000.0) for place in range(10)],
            budgets=[
                budget(name, limit=10_000_000, current_spend=huge, remaining=-huge, used_pct=500000.0, status="over")
                for name in CATEGORIES
            ],
        ),
        "odd names": report(
            top_transactions=odd, by_category=[{**row, "category": LONG} for row in report()["by_category"]]
        ),
        "no budgets": report(budgets=[]),
        "many budgets": report(
            budgets=[budget(name, period=period) for period in ("monthly", "yearly") for name in CATEGORIES]
        ),
        "many currencies": report(
            unconverted=[
                {"currency": code, "total": 1234567.5, "income": 10, "count": 1234}
                for code in ("USD", "EUR", "JPY", "KRW", "VND", "TRY", "AED", "KWD", "GBP") * 7
            ]
        ),
        "yen": report(currency="JPY", **dict.fromkeys(("income", "expenses", "refunds", "spend", "net"), 123456)),
    }
