"""Recurring payments are found among everything else, with the day and the amount that come next."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from bson import ObjectId

from app.insights import recurring
from app.transactions.ledger_service import Line
from tests.insights import recurring_generator as generator
from tests.insights.recurring_generator import FEWEST, TODAY, counterpart

FIRST_SEED = 100


def line(day: date, amount: int, merchant: str | None, description: str = "", kind: str = "expense") -> Line:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Line(ObjectId(), day, kind, amount, "Entertainment", merchant, description or merchant or "", moment)


def paid(days: Iterable[date], merchant: str = "Netflix", amount: int = 64_900) -> list[Line]:
    return [line(day, amount, merchant) for day in days]


def monthly(day: int, months: Iterable[int], year: int = 2025) -> list[date]:
    return [date(year + (month - 1) // 12, (month - 1) % 12 + 1, day) for month in months]


@pytest.mark.parametrize(("days", "people"), [(365, 8), (1140, 4)], ids=["a year", "three years"])
def test_planted_streams_are_found_and_little_else(
    days: int, people: int, record_property: Callable[[str, object], None]
) -> None:
    right = wrong = missed = in_time = named = rises = 0
    for seed in range(FIRST_SEED, FIRST_SEED + people):
        ledger = generator.ledger(seed, TODAY - timedelta(days=days))
        found = recurring.find(ledger.lines, TODAY)
        for stream in ledger.streams:
            payment = counterpart(stream, found) if stream.paid and not stream.is_over else None
            if payment:
                found.remove(payment)
            if stream.is_over or len(stream.paid) < FEWEST[stream.cadence]:
                continue  # those that are too few may be found or not
            right += payment is not None
            missed += payment is None
            if payment:
                off = abs(date.fromisoformat(payment.next_date) - stream.next_due).days
                in_time += off <= max(3, stream.jitter + 2)
            if payment and stream.rise and days > 1000:
                rises += 1
                named += payment.price_rise is not None and payment.price_rise[:2] == stream.rise
        wrong += len(found)
    precision, recall = right / (right + wrong), right / (right + missed)
    record_property("precision and recall", f"{precision:.3f}, {recall:.3f} of {right + missed}")
    assert precision >= 0.95
    assert recall >= 0.95
    assert in_time >= 0.95 * right
    assert named >= 0.85 * rises


@pytest.mark.parametrize(
    ("cadence", "days", "expected"),
    [
        ("weekly", [date(2026, 1, 2) + timedelta(days=7 * week) for week in range(6)], "2026-02-13"),
        ("fortnightly", [date(2025, 12, 5) + timedelta(days=14 * number) for number in range(5)], "2026-02-13"),
        ("monthly", monthly(15, range(9, 14)), "2026-02-15"),
        ("monthly", [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31)], "2026-02-28"),
        ("monthly", [date(2025, 9, 26) + timedelta(days=28 * number) for number in range(6)], "2026-03-13"),
        ("quarterly", [date(2025, 3, 3), date(2025, 6, 3), date(2025, 9, 3), date(2025, 12, 3)], "2026-03-03"),
        ("yearly", [date(2024, 3, 1), date(2025, 3, 1)], "2026-03-01"),
        ("yearly", [date(2024, 2, 29), date(2025, 2, 28)], "2026-02-28"),
    ],
)
def test_each_cadence_and_when_it_goes_on(cadence: str, days: list[date], expected: str) -> None:
    (payment,) = recurring.find(paid(days), TODAY)
    assert (payment.cadence, payment.next_date, payment.amount) == (cadence, expected, 64_900)
    assert payment.last_date == days[-1].isoformat()
    assert 0 < payment.confidence <= 1


def test_a_price_that_rose_is_named_and_expected_from_then_on() -> None:
    lines = [*paid(monthly(5, range(5, 11)), amount=49_900), *paid(monthly(5, range(11, 15)), amount=64_900)]
    (payment,) = recurring.find(lines, TODAY)
    assert payment.price_rise == (49_900, 64_900, "2025-11-05")
    assert payment.amount == 64_900


def test_a_price_that_fell_or_never_changed_is_no_rise() -> None:
    lines = [*paid(monthly(5, range(5, 11)), amount=64_900), *paid(monthly(5, range(11, 15)), amount=49_900)]
    assert recurring.find(lines, TODAY)[0].price_rise is None
    assert recurring.find(paid(monthly(5, range(5, 15))), TODAY)[0].price_rise is None


def test_a_bill_with_ever_other_amounts_recurs_without_a_price() -> None:
    amounts = [81_200, 95_400, 120_300, 99_900, 87_700, 104_500]
    lines = [line(day, amount, "City Gas") for day, amount in zip(monthly(9, range(9, 15)), amounts, strict=True)]
    (payment,) = recurring.find(lines, TODAY)
    assert payment.price_rise is None
    assert 90_000 <= payment.amount <= 105_000


def test_two_subscriptions_of_one_seller_are_two() -> None:
    lines = [*paid(monthly(3, range(6, 15)), "Apple", 7_500), *paid(monthly(20, range(6, 14)), "Apple", 24_900)]
    found = recurring.find(sorted(lines, key=lambda entry: entry.local_date), TODAY)
    assert sorted((payment.amount, payment.next_date) for payment in found) == [
        (7_500, "2026-03-03"),
        (24_900, "2026-02-20"),
    ]


def test_a_missed_month_is_told_and_two_end_it() -> None:
    days = [day for day in monthly(5, range(3, 15)) if day.month != 8]
    (payment,) = recurring.find(paid(days), TODAY)
    assert payment.missed == 1
    assert recurring.find(paid(days), date(2026, 3, 8))[0].next_date == "2026-03-05"
    late = recurring.find(paid(days), date(2026, 3, 20))
    assert late[0].next_date == "2026-04-05"
    assert late[0].confidence < payment.confidence
    assert recurring.find(paid(days), date(2026, 4, 20)) == []


def test_payees_without_a_merchant_are_known_by_their_description_whatever_number_it_carries() -> None:
    lines = [
        line(day, 64_900, None, f"NETFLIX.COM {4000 + number}") for number, day in enumerate(monthly(5, range(9, 15)))
    ]
    (payment,) = recurring.find(lines, TODAY)
    assert payment.merchant == "NETFLIX.COM 4005"
    (payment,) = recurring.find([*lines[:-1], line(date(2026, 2, 5), 64_900, "Netflix")], TODAY)
    assert (payment.merchant, payment.payments) == ("Netflix", 6)


@pytest.mark.parametrize("kind", ["income", "refund"])
def test_only_what_is_paid_counts(kind: str) -> None:
    assert recurring.find([line(day, 85_000_00, "Salary", kind=kind) for day in monthly(1, range(1, 15))], TODAY) == []


@pytest.mark.parametrize(
    "days",
    [
        [],
        [TODAY],
        [TODAY] * 40,
        monthly(5, [13, 14]),
        [date(2025, 1, 1), date(2025, 1, 9), date(2025, 4, 2), date(2025, 9, 30), date(2026, 1, 5)],
    ],
    ids=["none", "one", "forty on a day", "two", "at random"],
)
def test_what_follows_no_schedule(days: list[date]) -> None:
    assert recurring.find(paid(days), TODAY) == []


def test_a_payee_of_many_thousand_payments_is_looked_through_in_bounded_time() -> None:
    days = [date(2023, 1, 1) + timedelta(days=number // 20) for number in range(20_000)]
    lines = [line(day, 1_000 + number * 7 % 9_000, "Bazaar") for number, day in enumerate(days)]
    assert recurring.find(lines, TODAY) == []
