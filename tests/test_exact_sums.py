"""Summary, history and budgets against an oracle that knows only Decimal and the calendar."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import Person, data, register
from tests.records import BUDGETS, TRANSACTIONS, exact, send_raw

PLACES = {"INR": 2, "USD": 2, "JPY": 0, "KWD": 3}
ZONES = [
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Europe/London",
    "UTC",
    "America/St_Johns",
    "America/Los_Angeles",
    "Pacific/Pago_Pago",
]
CATEGORIES = ["Groceries", "Travel", "Food & Dining"]
THIS_YEAR = datetime.now(UTC).year
EDGES = [time(0), time(0, 0, 0, 1000), time(2, 30), time(12), time(23, 59, 59), time(23, 59, 59, 999000)]


@dataclass(frozen=True)
class Row:
    """A transaction as an oracle sees it."""

    kind: str
    currency: str
    category: str
    amount: Decimal
    instant: datetime

    def day(self, zone: str) -> date:
        return self.instant.astimezone(ZoneInfo(zone)).date()

    @property
    def spend(self) -> Decimal:
        return {"expense": self.amount, "refund": -self.amount, "income": Decimal(0)}[self.kind]

    def json(self, offset: int) -> str:
        shown = self.instant.astimezone(timezone(timedelta(minutes=offset))).isoformat()
        rest = {"type": self.kind, "currency": self.currency, "category": self.category, "date": shown}
        return f'{{"amount": {self.amount}, "description": "x", {json.dumps(rest)[1:]}'


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, list[Row], list[int]]:
    """(zone, currency of the profile, rows around month ends of that zone, offsets to write them in)."""
    zone = draw(st.sampled_from(ZONES))

    def row() -> Row:
        currency = draw(st.sampled_from(list(PLACES)))
        minor = draw(st.integers(1, 10_000_000 * 10 ** PLACES[currency]) | st.integers(1, 1000))
        first = date(THIS_YEAR, draw(st.sampled_from([1, 2, 3, 12])), 1)
        day = first + timedelta(days=draw(st.sampled_from([-1, 0, 1, 14])))
        local = datetime.combine(day, draw(st.sampled_from(EDGES)), ZoneInfo(zone))
        return Row(
            kind=draw(st.sampled_from(["expense", "expense", "refund", "income"])),
            currency=currency,
            category=draw(st.sampled_from(CATEGORIES)),
            amount=Decimal(minor).scaleb(-PLACES[currency]),
            instant=local.astimezone(UTC),
        )

    rows = [row() for _ in range(draw(st.integers(0, 25)))]
    offsets = draw(st.lists(st.integers(-12 * 60, 14 * 60), min_size=len(rows), max_size=len(rows)))
    return zone, draw(st.sampled_from(list(PLACES))), rows, offsets


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
@given(case=cases())
def test_every_sum_is_exact(app: Flask, case: tuple[str, str, list[Row], list[int]]) -> None:
    zone, currency, rows, offsets = case
    person = register(app, timezone=zone, currency=currency)
    if rows:
        body = ",".join(row.json(offset) for row, offset in zip(rows, offsets, strict=True))
        answer = send_raw(person, "POST", f"{TRANSACTIONS}bulk", f'{{"transactions": [{body}]}}')
        assert data(answer)["errors"] == []
    for year, month in ((THIS_YEAR, 1), (THIS_YEAR, 2), (THIS_YEAR, 12), (THIS_YEAR + 1, 1)):
        check_summary(person, zone, currency, rows, year, month)
    check_history(person, zone, currency, rows)
    check_budgets(person, zone, currency, rows)


def in_month(rows: list[Row], zone: str, year: int, month: int) -> list[Row]:
    return [row for row in rows if (row.day(zone).year, row.day(zone).month) == (year, month)]


def total(rows: list[Row]) -> Decimal:
    return sum((row.spend for row in rows), Decimal(0))


def check_summary(person: Person, zone: str, currency: str, rows: list[Row], year: int, month: int) -> None:
    summary = exact(person.get("/api/transactions/summary", year=year, month=month))
    everything = in_month(rows, zone, year, month)
    own = [row for row in everything if row.currency == currency]
    before = in_month(rows, zone, *((year - 1, 12) if month == 1 else (year, month - 1)))
    previous = total([row for row in before if row.currency == currency])
    income = sum((row.amount for row in own if row.kind == "income"), Decimal(0))
    assert summary["current_month_spend"] == total(own)
    assert summary["income"] == income
    assert summary["net"] == income - total(own)
    assert summary["refunds"] == sum((row.amount for row in own if row.kind == "refund"), Decimal(0))
    assert summary["previous_month_spend"] == previous
    assert summary["transaction_count"] == sum(row.kind != "income" for row in own)
    assert {part["category"]: (part["total"], part["count"]) for part in summary["by_category"]} == by_category(own)
    assert sum(part["total"] for part in summary["by_category"]) == summary["current_month_spend"]
    if previous == 0:
        assert summary["change_pct"] is None
    else:
        expected = (total(own) - previous) * 100 / abs(previous)
        tolerance = Decimal("0.00501") + abs(expected) * Decimal("1e-15")  # two decimals, in a float
        assert abs(Decimal(summary["change_pct"]) - expected) <= tolerance
    left_out: dict[str, list[Row]] = defaultdict(list)
    for row in everything:
        if row.currency != currency:
            left_out[row.currency].append(row)
    assert {part["currency"]: part["total"] for part in summary["unconverted"]} == {
        code: total(part) for code, part in left_out.items()
    }
    assert_decimals(summary, currency)


def by_category(rows: list[Row]) -> dict[str, tuple[Decimal, int]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.kind != "income":
            found[row.category].append(row)
    return {category: (total(part), len(part)) for category, part in found.items()}


def assert_decimals(summary: dict[str, Any], currency: str) -> None:
    """No number has more decimals than the currency."""
    for name in ("current_month_spend", "income", "net", "refunds", "previous_month_spend"):
        value = summary[name]
        decimals = -value.as_tuple().exponent if isinstance(value, Decimal) else 0
        assert decimals <= max(PLACES[currency], 1 if PLACES[currency] else 0), (name, value)


def check_history(person: Person, zone: str, currency: str, rows: list[Row]) -> None:
    first, last = date(THIS_YEAR - 1, 12, 31), date(THIS_YEAR, 12, 31)
    history = exact(person.get("/api/transactions/history", start_date=str(first), end_date=str(last)))
    expected: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if first <= row.day(zone) <= last:
            expected[str(row.day(zone))].append(row)
    assert [day["date"] for day in history] == sorted(expected, reverse=True)
    for day in history:
        part = expected[day["date"]]
        assert day["total_spend"] == total([row for row in part if row.currency == currency])
        assert day["transaction_count"] == len(part) == len(day["transactions"])
        shown = [(datetime.fromisoformat(entry["date"]), entry["_id"]) for entry in day["transactions"]]
        assert shown == sorted(shown, reverse=True)
        assert sorted(entry["amount"] for entry in day["transactions"]) == sorted(row.amount for row in part)


def check_budgets(person: Person, zone: str, currency: str, rows: list[Row]) -> None:
    limit = Decimal(1_000_000)
    today = datetime.now(ZoneInfo(zone)).date()
    periods = [{"month": 12, "year": today.year}, {"year": today.year, "period": "yearly"}]
    for period in periods:
        for category in CATEGORIES[:2]:
            answer = person.post(BUDGETS, {"category": category, "limit": 1_000_000, **period})
            assert answer.status_code == 201, answer.text
    for budget in exact(person.get(BUDGETS, month=12, year=today.year)):
        months = range(1, 13) if budget["period"] == "yearly" else (12,)
        covered = [row for month in months for row in in_month(rows, zone, today.year, month)]
        spent = total([row for row in covered if (row.currency, row.category) == (currency, budget["category"])])
        assert budget["current_spend"] == spent
        assert budget["remaining"] == limit - spent
        expected = "over" if spent > limit else "warning" if spent * 100 >= limit * 80 else "ok"
        assert budget["status"] == expected
