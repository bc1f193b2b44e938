"""Whether unusual payments are found among a person's year, and ordinary ones left alone."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from bson import ObjectId

from app.insights import anomalies, reasons
from app.insights.anomalies import Why
from app.transactions.ledger_service import Line
from tests.insights.generator import KINDS, year

SEEDS = range(20)  # other ones than the bounds were found with
NUMBERS = count()
FIRST = date(2025, 3, 1)


def paid(amount: int, day: int = 0, merchant: str = "Corner shop", hour: float = 12.0, **changed: object) -> Line:
    moment = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(days=day, hours=hour)
    number = ObjectId(next(NUMBERS).to_bytes(12))
    line = Line(number, FIRST + timedelta(days=day), "expense", amount, "Groceries", merchant, merchant, moment)
    return line._replace(**changed)  # type: ignore[arg-type]


def found(lines: list[Line]) -> list[tuple[int, str]]:
    """What stands out, as its amount and why."""
    return [(one.line.amount, str(one.why)) for one in anomalies.find(lines)]


def test_nine_of_ten_are_found_with_less_than_one_false_alarm_in_500(record_property: object) -> None:
    planted, hits, false, lines = Counter[str](), Counter[str](), 0, 0
    for seed in SEEDS:
        life = year(seed)
        ids = {one.line.id for one in anomalies.find(life.lines)}
        planted.update(life.planted.values())
        hits.update(kind for transaction, kind in life.planted.items() if transaction in ids)
        false += len(ids - life.planted.keys())
        lines += len(life.lines)
    assert all(planted[kind] >= 40 for kind in KINDS)
    assert hits.total() >= 0.9 * planted.total(), (hits, planted)
    assert false <= lines / 500, (false, lines)


@pytest.mark.parametrize("amounts", [[], [500], [500, 500], [500, 90_000], [100, 5_000, 400_000]], ids=str)
def test_too_little_tells_nothing(amounts: list[int]) -> None:
    assert found([paid(amount, day) for day, amount in enumerate(amounts)]) == []


def test_an_agreed_price_that_is_charged_differently_once() -> None:
    months = [649] * 5 + [1_499] + [649] * 5
    assert found([paid(price, 30 * month) for month, price in enumerate(months)]) == [(1_499, Why.PRICE)]


def test_a_price_that_stays_risen_is_none() -> None:
    months = [499] * 8 + [899] * 3
    assert found([paid(price, 30 * month) for month, price in enumerate(months)]) == []


def test_each_payee_has_its_own_usual() -> None:
    rent = [paid(1_500_000, 30 * month, "Landlord") for month in range(6)]
    tea = [paid(2_000 + 10 * (day % 9), day, "Tea stall") for day in range(60)]
    dear = paid(30_000, 40, "TEA STALL 42")
    assert found([*rent, *tea, dear]) == [(30_000, Why.PAYEE)]


def test_what_many_categories_are_called_is_no_payee() -> None:
    rent = [paid(1_500_000 + 900 * month, 30 * month, "cash", category="Housing") for month in range(8)]
    tea = [paid(2_000 + 10 * (day % 9), day, "cash", category="Food & Dining") for day in range(60)]
    assert found([*rent, *tea]) == []
    assert found([*rent, *tea, paid(30_000, 40, "cash", category="Food & Dining")]) == [(30_000, Why.PAYEE)]


def test_income_and_refunds_are_apart() -> None:
    usual = [paid(2_000 + 10 * (day % 9), day) for day in range(60)]
    odd = [paid(90_000, 61, type="refund"), paid(9_000_000, 62, type="income")]
    assert found([*usual, *odd]) == []


@pytest.mark.parametrize(
    ("hours", "expected"),
    [((12.0, 12.0), 1), ((12.0, 12.1), 1), ((9.0, 20.0), 1), ((12.0, 12.05, 12.1), 2)],
)
def test_charged_twice(hours: tuple[float, ...], expected: int) -> None:
    usual = [paid(50_000 + 997 * day, 5 * day, hour=10) for day in range(20)]
    twice = [paid(61_234, 33, hour=hour) for hour in hours]
    assert found([*usual, *twice]) == [(61_234, Why.TWICE)] * expected
    assert anomalies.find([*usual, *twice])[0].line == twice[-1]


def test_a_fare_that_is_paid_twice_a_day_is_none() -> None:
    assert found([paid(4_000, day, "Metro", hour) for day in range(60) for hour in (8.0, 18.0)]) == []
    assert found([paid(4_000, day, "Metro", hour) for day in range(60) for hour in (8.0, 8.1)]) == []


def test_a_new_payee_is_compared_with_the_category() -> None:
    usual = [paid(40_000 + 900 * (day % 50), day, f"Shop {'abcde'[day % 5]}") for day in range(200)]
    assert found([*usual, paid(2_500_000, 150, "Luxe Traders")]) == [(2_500_000, Why.CATEGORY)]
    assert found([*usual, paid(90_000, 150, "Luxe Traders")]) == []


def test_a_dear_payment_that_comes_again_is_none() -> None:
    usual = [paid(40_000 + 900 * (day % 50), day, f"Shop {'abcde'[day % 5]}") for day in range(400)]
    yearly = [paid(2_500_000, day, "School") for day in (10, 192, 375)]
    assert found([*usual, *yearly]) == []


def test_reasons_are_in_words() -> None:
    usual = [paid(40_000 + 900 * (day % 50), day, f"Shop {'abcde'[day % 5]}") for day in range(200)]
    plan = [paid(price, 10 + 30 * month, "Netflix") for month, price in enumerate([64_900] * 6 + [149_900])]
    (strange, dear) = anomalies.find([*usual, *plan, paid(2_500_050, 199, "Luxe " + 20 * "Traders ")])
    assert reasons.reason(strange, "INR") == (
        f"₹25,000.50 at Luxe {6 * 'Traders '}Trader… is far more than you otherwise pay for Groceries at once: "
        "at most ₹841, mostly about ₹620."
    )
    assert reasons.reason(dear, "JPY") == "¥149,900 at Netflix is 2.3 times the usual price (¥64,900)."


def test_the_newest_comes_first() -> None:
    usual = [paid(2_000 + 10 * (day % 9), day) for day in range(120)]
    assert found([*usual, paid(40_000, 50), paid(50_000, 90)]) == [(50_000, Why.PAYEE), (40_000, Why.PAYEE)]


def test_numbers_alone_are_no_common_payee() -> None:
    usual = [paid(40_000 + 900 * (day % 50), day, str(10_000 + day)) for day in range(3)]
    assert found([*usual, paid(900_000, 150, "20250")]) == []
