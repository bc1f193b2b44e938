"""Examples of the answers, for the documentation."""

from pydantic.config import JsonDict

UNCONVERTED: list[JsonDict] = [{"currency": "USD", "total": 45.5, "income": 0, "count": 1}]
BUDGET: JsonDict = {
    "_id": "65c1f3d4b7e4d93f5a1c2e99",
    "category": "Groceries",
    "period": "monthly",
    "currency": "INR",
    "budget": 12000,
    "actual": 9650.5,
    "remaining": 2349.5,
    "used_pct": 80.42,
    "status": "warning",
}
TRENDS: JsonDict = {
    "currency": "INR",
    "months": [
        {"month": "2025-12", "total": 31000, "count": 58, "average": 534.48, "change_pct": None},
        {"month": "2026-01", "total": 33500.5, "count": 61, "average": 549.19, "change_pct": 8.07},
        {"month": "2026-02", "total": 12400, "count": 20, "average": 620, "change_pct": -62.99},
    ],
    "average": 25633.5,
    "trend": {"direction": "up", "slope_per_month": 2500.5},
    "unconverted": [*UNCONVERTED],
}
CATEGORIES: JsonDict = {
    "start_date": "2026-02-01",
    "end_date": "2026-02-28",
    "previous_start_date": "2026-01-01",
    "previous_end_date": "2026-01-31",
    "currency": "INR",
    "total": 12400,
    "previous_total": 12000,
    "change_pct": 3.33,
    "categories": [
        {
            "category": "Groceries",
            "total": 9650.5,
            "count": 12,
            "share_pct": 77.83,
            "average": 804.21,
            "previous_total": 12000,
            "change_pct": -19.58,
            "top_merchants": [{"merchant": "Big Bazaar", "total": 6200, "count": 7}],
        },
        {
            "category": "Transportation",
            "total": 2749.5,
            "count": 8,
            "share_pct": 22.17,
            "average": 343.69,
            "previous_total": 0,
            "change_pct": None,
            "top_merchants": [],
        },
    ],
    "unconverted": [*UNCONVERTED],
}
REPORT: JsonDict = {
    "month": "2026-02",
    "currency": "INR",
    "income": 85000,
    "expenses": 12899,
    "refunds": 499,
    "spend": 12400,
    "net": 72600,
    "savings_rate_pct": 85.41,
    "transaction_count": 20,
    "by_category": [{"category": "Groceries", "total": 12400, "count": 20, "share_pct": 100}],
    "by_day": [{"date": "2026-02-01", "total": 12400, "count": 20}],
    "top_transactions": [
        {
            "_id": "65c1f0a2b7e4d93f5a1c2e70",
            "date": "2026-02-01T06:30:00+00:00",
            "local_date": "2026-02-01",
            "amount": 2150,
            "category": "Groceries",
            "description": "Groceries from Big Bazaar",
            "merchant": "Big Bazaar",
        }
    ],
    "budgets": [],
    "comparison": {
        "month": "2026-01",
        "income": 85000,
        "expenses": 12000,
        "refunds": 0,
        "spend": 12000,
        "net": 73000,
        "income_change_pct": 0,
        "change_pct": 3.33,
    },
    "unconverted": [*UNCONVERTED],
}
YEARS: JsonDict = {
    "year": 2026,
    "previous_year": 2025,
    "currency": "INR",
    "months": [
        {"month": 1, "current": 33500.5, "previous": 30000, "change_pct": 11.67},
        {"month": 2, "current": 12400, "previous": 0, "change_pct": None},
    ],
    "total_current": 45900.5,
    "total_previous": 30000,
    "change_pct": 53,
    "unconverted": [*UNCONVERTED],
}
BUDGETS: JsonDict = {
    "month": "2026-02",
    "currency": "INR",
    "budgets": [BUDGET],
    "unbudgeted": [{"category": "Transportation", "actual": 2749.5}],
    "totals": {
        "budget": 12000,
        "actual": 9650.5,
        "remaining": 2349.5,
        "used_pct": 80.42,
        "unbudgeted": 2749.5,
        "spend": 12400,
    },
    "unconverted": [*UNCONVERTED],
}
