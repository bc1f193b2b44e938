"""A person's ledger with recurring payments that are known, among everything else that people pay for.

Nothing here knows how they are looked for. Each stream says what was planted; the rest must not be taken for one.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bson import ObjectId

from app.core.clock import month_bounds
from app.insights.recurring import Recurring
from app.transactions.ledger_service import Line

TODAY = date(2026, 2, 14)
FIRST = date(2023, 1, 1)
PERIODS = {"weekly": 7, "fortnightly": 14, "monthly": 30.44, "quarterly": 91.3, "yearly": 365.25}
FEWEST = {"weekly": 6, "fortnightly": 5, "monthly": 4, "quarterly": 4, "yearly": 3}
SUBSCRIPTIONS = ("Netflix", "Spotify", "Gymnasium", "iCloud", "Jio Fibre", "Newspaper", "Cloud Backup", "Tata Play")
BILLS = ("Electricity Board", "City Gas", "Water Works", "Mobile Bill", "Maintenance Society")
LESSONS = ("Piano Lessons", "Yoga Class", "Cleaning Help", "Tuition", "Gardener")
YEARLY = ("Car Insurance", "Term Insurance", "Domain Renewal", "Club Membership")
SHOPS = ("Big Bazaar", "Corner Store", "Vegetable Market", "DMart")
EATERIES = ("Cafe Leopold", "Saravana Bhavan", "Pizza Place", "Noodle Bar", "Food Court", "Bakery")


@dataclass
class Stream:
    """A planted recurring payment and when it was really paid."""

    merchant: str
    cadence: str
    amount: int
    paid: list[tuple[date, int]] = field(default_factory=list)
    jitter: int = 0
    is_over: bool = False
    next_due: date = TODAY
    rise: tuple[int, int] | None = None  # the last price rise, from and to


@dataclass
class Ledger:
    """Lines oldest first, and the streams among them."""

    lines: list[Line]
    streams: list[Stream]


def ledger(seed: int, since: date = FIRST) -> Ledger:
    """Up to three years of one person, of which what is before a day is not known."""
    rng = random.Random(seed)  # noqa: S311 -- the same ledgers every time
    streams = [*_streams(rng)]
    for stream in streams:
        stream.paid = [(day, amount) for day, amount in stream.paid if day >= since]
    paid = [(day, amount, stream.merchant, "Bills & Fees") for stream in streams for day, amount in stream.paid]
    shopping = (entry for entry in _shopping(rng) if entry[0] >= since)
    everything = sorted([*paid, *shopping], key=lambda entry: entry[0])
    return Ledger([_line(*entry) for entry in everything], streams)


def counterpart(stream: Stream, found: list[Recurring]) -> Recurring | None:
    """The one among found payments that is this stream."""
    last = stream.paid[-1][1]
    fitting = [
        payment
        for payment in found
        if (payment.merchant, payment.cadence) == (stream.merchant, stream.cadence)
        and abs(payment.amount - last) <= 0.5 * last
    ]
    return min(fitting, key=lambda payment: abs(payment.amount - last), default=None)


def _line(day: date, amount: int, merchant: str, category: str) -> Line:
    return Line(
        ObjectId(),
        day,
        "expense",
        amount,
        category,
        merchant,
        merchant,
        datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


def _streams(rng: random.Random) -> Iterator[Stream]:
    yield _stream(rng, "Landlord", "monthly", rng.randrange(800_000, 4_000_000, 50_000), jitter=2)
    for merchant in rng.sample(SUBSCRIPTIONS, 5):
        yield _stream(rng, merchant, "monthly", rng.choice([9_900, 19_900, 49_900, 64_900, 119_900]), jitter=1)
    for merchant in rng.sample(BILLS, 3):
        cadence = rng.choice(["monthly", "monthly", "quarterly"])
        yield _stream(rng, merchant, cadence, rng.randrange(50_000, 400_000), jitter=3, spread=rng.uniform(0.05, 0.3))
    for merchant in rng.sample(LESSONS, 2):
        cadence = rng.choice(["weekly", "fortnightly"])
        yield _stream(rng, merchant, cadence, rng.randrange(30_000, 200_000, 5_000), jitter=1)
    for merchant in rng.sample(YEARLY, 2):
        yield _stream(rng, merchant, "yearly", rng.randrange(200_000, 3_000_000), jitter=6, spread=0.06)
    # One seller with two subscriptions, and one where people also shop.
    yield _stream(rng, "Apple", "monthly", 7_500, jitter=1)
    yield _stream(rng, "Apple", "monthly", 24_900, jitter=1)
    yield _stream(rng, "Amazon", "monthly", 29_900, jitter=1)


def _stream(rng: random.Random, merchant: str, cadence: str, amount: int, jitter: int, spread: float = 0.0) -> Stream:
    stream = Stream(merchant, cadence, amount, jitter=jitter)
    begins = FIRST + timedelta(days=rng.randrange(0, int(min(PERIODS[cadence], 360))))
    if cadence != "yearly" and rng.random() < 0.3:
        begins += timedelta(days=rng.randrange(0, 500))
    stream.is_over = cadence != "yearly" and rng.random() < 0.12
    ends = begins + (TODAY - begins) * rng.uniform(0.35, 0.6) if stream.is_over else TODAY
    missing = rng.choice([0.0, 0.0, 0.05, 0.1]) if cadence != "yearly" else 0.0
    rises_at = begins + (TODAY - begins) * rng.uniform(0.3, 0.9) if not spread and rng.random() < 0.4 else None
    price = amount
    for due in _dues(begins, cadence):
        if rises_at and due >= rises_at:
            price, stream.rise, rises_at = round(price * rng.uniform(1.05, 1.5) / 100) * 100, (price, 0), None
        day = due + timedelta(days=rng.randint(-jitter, jitter))
        if day.weekday() >= 5 and rng.random() < 0.5:
            day += timedelta(days=7 - day.weekday())
        if day > ends:
            stream.next_due = due if not stream.is_over else stream.next_due
            break
        if rng.random() < missing and len(stream.paid) > 1:
            continue
        stream.paid.append((day, round(price * math.exp(rng.gauss(0, spread))) if spread else price))
    if stream.rise:
        stream.rise = (stream.rise[0], price) if any(paid == price for _, paid in stream.paid) else None
    return stream


def _dues(begins: date, cadence: str) -> Iterator[date]:
    step = {"monthly": 1, "quarterly": 3, "yearly": 12}.get(cadence)
    for number in range(400):
        if step is None:
            yield begins + timedelta(days=number * int(PERIODS[cadence]))
            continue
        months = begins.year * 12 + begins.month - 1 + number * step
        first, last = month_bounds(months // 12, months % 12 + 1)
        yield min(first.replace(day=min(begins.day, last.day)), last)


def _shopping(rng: random.Random) -> Iterator[tuple[date, int, str, str]]:
    day = FIRST
    while day <= TODAY:
        yield from _on_a_day(rng, day)
        day += timedelta(days=1)
    yield from _now_and_then(rng, "Indian Oil", (4, 3), [100_000, 150_000, 200_000])
    yield from _now_and_then(rng, "Hair Salon", (5, 8), [35_000])
    for _ in range(rng.randrange(3, 6)):  # journeys: many payments within days
        start = FIRST + timedelta(days=rng.randrange(0, 1100))
        for _ in range(rng.randrange(6, 15)):
            where = rng.choice(["Hotel", "Airline", "Museum", "Beach Shack", "Train"])
            yield start + timedelta(days=rng.randrange(0, 8)), _about(rng, 12.5, 0.8), where, "Travel"


def _on_a_day(rng: random.Random, day: date) -> Iterator[tuple[date, int, str, str]]:
    is_weekend = day.weekday() >= 5
    occasions = [
        *((shop, 0.22 if is_weekend else 0.08, _about(rng, 11.2, 0.6), "Groceries") for shop in SHOPS),
        *((eatery, 0.045, _about(rng, 10.6, 0.5) // 1000 * 1000 + 1000, "Food & Dining") for eatery in EATERIES),
        ("Blue Tokai Coffee", 0.3, 22_000, "Food & Dining"),
        ("Metro", 0 if is_weekend else 0.35, rng.choice([4_000, 4_000, 6_000]), "Transportation"),
        ("Uber", 0.1, _about(rng, 10, 0.5), "Transportation"),
        ("Amazon", 0.06, rng.choice([19_900, 29_900, 49_900, 99_900, 149_900]), "Shopping"),
        (f"Shop {rng.randrange(60)}", 0.03, _about(rng, 11.5, 0.9), "Shopping"),
    ]
    for merchant, likelihood, amount, category in occasions:
        if rng.random() < likelihood:
            yield day, amount, merchant, category


def _now_and_then(
    rng: random.Random, merchant: str, pause: tuple[float, float], amounts: list[int]
) -> Iterator[tuple[date, int, str, str]]:
    """After pauses with a gamma distribution of this shape and scale in days."""
    day = FIRST + timedelta(days=rng.uniform(3, 30))
    while day <= TODAY:
        yield day, rng.choice(amounts), merchant, "Transportation"
        day += timedelta(days=max(rng.gammavariate(*pause), 1))


def _about(rng: random.Random, mean: float, deviation: float) -> int:
    return round(math.exp(rng.gauss(mean, deviation)))
