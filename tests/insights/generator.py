"""A person's year of payments, with unusual ones planted among them and known.

Nothing here knows how they are looked for. What is not planted is meant to be ordinary life, and that has heavy
tails: a holiday, a phone, a premium once a year, a hospital, a festival, a market for both onions and the month's rice.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import NamedTuple

from bson import ObjectId

from app.core.clock import month_bounds
from app.transactions.ledger_service import Line

TODAY = date(2026, 2, 14)
RUPEE = 100


class Shop(NamedTuple):
    """Where people go as they please: a log-normal amount about `usual` rupees, so many times a week."""

    name: str
    category: str
    usual: float
    spread: float  # standard deviation of the logarithm
    weekly: float
    weekend: float = 1.0  # how much more often on Saturday and Sunday
    step: int = 1  # rupees that prices are multiples of


SHOPS = (
    Shop("Big Bazaar", "Groceries", 1_900, 0.35, 1.0, 3.0),
    Shop("Reliance Fresh", "Groceries", 520, 0.5, 1.6, 1.2),
    Shop("Vegetable market", "Groceries", 180, 0.4, 2.0, 1.5, 10),
    Shop("Milk booth", "Groceries", 64, 0.2, 3.0, 1.0, 2),
    Shop("Swiggy", "Food & Dining", 420, 0.45, 1.4, 2.0),
    Shop("Saravana Bhavan", "Food & Dining", 650, 0.4, 0.6, 2.5, 5),
    Shop("Pizza Corner", "Food & Dining", 780, 0.35, 0.3, 3.0),
    Shop("Office canteen", "Food & Dining", 110, 0.25, 2.5, 0.0, 5),
    Shop("Uber", "Transportation", 260, 0.55, 1.5, 1.3),
    Shop("Indian Oil", "Transportation", 1_800, 0.3, 0.6, 1.0, 100),
    Shop("Auto rickshaw", "Transportation", 90, 0.45, 1.2, 1.2, 10),
    Shop("Amazon", "Shopping", 850, 0.85, 0.9, 1.2),
    Shop("Myntra", "Shopping", 1_700, 0.55, 0.3, 1.5),
    Shop("Westside", "Shopping", 2_400, 0.5, 0.15, 3.0),
    Shop("Apollo Pharmacy", "Health & Wellness", 380, 0.7, 0.5),
    Shop("Hair salon", "Health & Wellness", 450, 0.3, 0.25, 2.0, 50),
    Shop("PVR Cinemas", "Entertainment", 700, 0.4, 0.3, 5.0, 10),
    Shop("Crossword Books", "Education", 600, 0.5, 0.15),
    Shop("Bank charges", "Bills & Fees", 60, 0.8, 0.2),
    Shop("Gift shop", "Other", 500, 0.7, 0.2),
)
PRICES = {"Blue Tokai": ("Food & Dining", (180, 220, 260), 2.0), "Tea stall": ("Food & Dining", (15, 20), 3.0)}
PLANS = (
    ("Netflix", "Entertainment", 649),
    ("Spotify", "Entertainment", 119),
    ("Jio Fibre", "Utilities", 999),
    ("Cult Gym", "Health & Wellness", 1_499),
    ("Newspaper", "Education", 320),
    ("Cloud storage", "Bills & Fees", 130),
)
METERED = (("Electricity board", "Utilities", 2_200, 0.6), ("City Gas", "Utilities", 750, 0.15))
PREMIUMS = (
    ("HDFC Ergo", "Bills & Fees", 14_000),
    ("LIC", "Bills & Fees", 24_000),
    ("Star Health", "Health & Wellness", 18_000),
)
STRANGERS = ("Luxe", "Global", "Royal", "Prime", "Urban", "Metropolitan")
KINDS = ("spike", "double", "fixed", "stranger")


@dataclass
class Payment:
    """One payment before it is a line; `stream` says that its price is agreed on."""

    day: date
    merchant: str
    category: str
    rupees: float
    kind: str = "expense"
    hour: float = 12.0
    stream: bool = False
    planted: str | None = None
    is_copied: bool = False


@dataclass
class Year:
    """Lines oldest first, and what of them was planted, by id."""

    lines: list[Line] = field(default_factory=list)
    planted: dict[ObjectId, str] = field(default_factory=dict)


def year(seed: int, days: int = 365, unusual: bool = True) -> Year:
    """The payments of a person up to TODAY; every third person's bank knows days alone."""
    rng = random.Random(seed)  # noqa: S311 -- to be the same again, not to be secret
    life = Life(rng, days)
    paid = [*life.everything()]
    if unusual:
        paid += plant(rng, paid)
    paid.sort(key=lambda payment: (payment.day, payment.hour))
    made = Year()
    for number, payment in enumerate(paid):
        line = _line(rng, payment, number, knows_hours=seed % 3 != 0)
        made.lines.append(line)
        if payment.planted:
            made.planted[line.id] = payment.planted
    made.lines.sort(key=lambda line: (line.local_date, line.moment, line.id))
    return made


def _line(rng: random.Random, payment: Payment, number: int, knows_hours: bool) -> Line:
    hour = payment.hour if knows_hours else 12.0
    moment = datetime.combine(payment.day, time(0), UTC) + timedelta(hours=hour - 5.5)
    named = payment.stream or rng.random() < 0.85
    return Line(
        ObjectId(number.to_bytes(12)),
        payment.day,
        payment.kind,
        max(1, round(payment.rupees * RUPEE)),
        payment.category,
        _written(rng, payment.merchant) if named else None,
        payment.merchant if not named or rng.random() < 0.7 else f"{payment.merchant} {rng.randrange(10**6):06d}",
        moment,
    )


def _written(rng: random.Random, merchant: str) -> str:
    chance = rng.random()
    if chance < 0.1:
        return merchant.upper()
    return f"{merchant} {rng.randrange(100, 999)}" if chance < 0.15 else merchant


class Life:
    """The ordinary payments of one person."""

    def __init__(self, rng: random.Random, days: int) -> None:
        self.rng = rng
        self.days = [TODAY - timedelta(days=back) for back in reversed(range(days))]
        self.wealth = rng.lognormvariate(0, 0.4)
        self.bustle = rng.uniform(0.4, 1.0)

    def everything(self) -> Iterator[Payment]:
        """In no order."""
        bought = [*self._shopping(), *self._fixed_prices()]
        yield from bought
        yield from self._refunds(bought)
        for stream in (self._plans(), self._metered(), self._income(), self._rare(), self._holidays()):
            yield from stream

    def _months(self, due: int) -> Iterator[date]:
        """A day of each month, a few days late at times, and never on a Sunday."""
        for first in (day for day in self.days if day.day == 1):
            day = min(first.replace(day=due), month_bounds(first.year, first.month)[1])
            day += timedelta(days=self.rng.choice((0, 0, 0, 1, 2)))
            day += timedelta(days=day.weekday() == 6)
            if day <= TODAY:
                yield day

    def _is_festive(self, day: date) -> bool:
        return (day.month, day.day) >= (10, 15) and (day.month, day.day) <= (11, 5)

    def _shopping(self) -> Iterator[Payment]:
        for shop in self.rng.sample(SHOPS, self.rng.randrange(13, len(SHOPS) + 1)):
            usual = shop.usual * self.wealth**0.5 * self.rng.lognormvariate(0, 0.15)
            for day in self.days:
                often = shop.weekly / 7 * self.bustle * (shop.weekend if day.weekday() >= 5 else 1)
                festive = self._is_festive(day) and shop.category in ("Shopping", "Other")
                if self.rng.random() >= often * (2.5 if festive else 1):
                    continue
                rupees = usual * self.rng.lognormvariate(0.3 if festive else 0, shop.spread)
                if shop.name == "Reliance Fresh" and day.day <= 5:  # the month's rice
                    rupees *= self.rng.uniform(3, 6)
                rupees = max(shop.step, round(rupees / shop.step) * shop.step)
                yield Payment(day, shop.name, shop.category, rupees, hour=self.rng.uniform(8, 22))

    def _fixed_prices(self) -> Iterator[Payment]:
        commutes = self.rng.random() < 0.35
        fare = self.rng.choice((20, 30, 40, 50))
        for day in self.days:
            if commutes and day.weekday() < 5 and self.rng.random() < 0.85:
                for hour in (8.8, 18.5):
                    if self.rng.random() < 0.93:
                        yield Payment(day, "Metro", "Transportation", fare, hour=hour + self.rng.gauss(0, 0.4))
            for name, (category, prices, weekly) in PRICES.items():
                if self.rng.random() < weekly / 7 * self.bustle:
                    price = self.rng.choice(prices)
                    yield Payment(day, name, category, price, hour=self.rng.uniform(8, 13))
                    if self.rng.random() < 0.06:
                        yield Payment(day, name, category, self.rng.choice(prices), hour=self.rng.uniform(14, 20))

    def _refunds(self, bought: list[Payment]) -> Iterator[Payment]:
        for payment in bought:
            if payment.category == "Shopping" and self.rng.random() < 0.08:
                back = payment.day + timedelta(days=self.rng.randrange(3, 15))
                if back <= TODAY:
                    share = self.rng.choice((1, 1, 0.5))
                    yield Payment(back, payment.merchant, "Shopping", payment.rupees * share, "refund")

    def _plans(self) -> Iterator[Payment]:
        rent = round(14_000 * self.wealth / 500) * 500
        for name, category, price in [("Landlord", "Housing", rent), *self.rng.sample(PLANS, self.rng.randrange(2, 6))]:
            rises_on = self.rng.choice(self.days) if self.rng.random() < 0.5 else None
            dearer = round(price * self.rng.uniform(1.05, 1.25))
            trial = self.rng.random() < 0.15 and name != "Landlord"
            for number, day in enumerate(self._months(self.rng.randrange(1, 29))):
                now = dearer if rises_on and day >= rises_on else price
                rupees = 49 if trial and number == 0 else now
                yield Payment(day, name, category, rupees, hour=6.0, stream=True)

    def _metered(self) -> Iterator[Payment]:
        for name, category, usual, summer in METERED:
            for day in self._months(self.rng.randrange(1, 29)):
                heat = 1 + summer * math.sin(math.pi * (day.month - 2) / 6) if 2 < day.month < 9 else 1
                yield Payment(day, name, category, round(usual * heat * self.rng.lognormvariate(0, 0.12)))
        if self.rng.random() < 0.5:
            yield from (
                Payment(day, "Airtel prepaid", "Utilities", 299) for day in self.days[:: self.rng.choice((28, 84))]
            )

    def _income(self) -> Iterator[Payment]:
        salary = round(70_000 * self.wealth)
        for day in self._months(28):
            rupees = salary * (2.2 if day.month == 4 else 1)  # with a bonus
            yield Payment(day, "Acme Ltd", "Other", rupees, "income")
        if self.rng.random() < 0.4:
            yield Payment(self.rng.choice(self.days), "Tax office", "Other", self.rng.uniform(3_000, 30_000), "income")

    def _rare(self) -> Iterator[Payment]:
        """Once or twice a year, dear, and still as it should be."""
        for name, category, price in self.rng.sample(PREMIUMS, self.rng.randrange(0, 3)):
            due = self.rng.randrange(365)
            for day in self.days[due::365]:
                yield Payment(day, name, category, round(price * self.wealth**0.5 * self.rng.uniform(0.97, 1.03)))
        if self.rng.random() < 0.4:
            term = self.rng.uniform(15_000, 40_000)
            yield from (Payment(day, "City School", "Education", round(term)) for day in self.days[70::182])
        if self.rng.random() < 0.4:
            yield Payment(self.rng.choice(self.days), "Croma", "Shopping", round(self.rng.lognormvariate(10, 0.5)))
        if self.rng.random() < 0.4:
            start = self.rng.randrange(len(self.days) - 8)
            for day in self.days[start : start + 8 : self.rng.choice((2, 3))]:
                yield Payment(day, "Apollo Hospital", "Health & Wellness", round(self.rng.lognormvariate(8, 1)))

    def _holidays(self) -> Iterator[Payment]:
        for _ in range(self.rng.randrange(0, 3)):
            start = self.rng.randrange(20, len(self.days) - 12)
            booked = self.days[max(0, start - self.rng.randrange(10, 60))]
            for _ in range(self.rng.choice((1, 2))):
                fare = round(self.rng.lognormvariate(9.2, 0.5) * self.wealth**0.5)
                yield Payment(booked, "Indigo", "Travel", fare, hour=self.rng.uniform(9, 22))
            for day in self.days[start : start + self.rng.randrange(3, 9)]:
                yield Payment(day, f"Hotel {start}", "Travel", round(self.rng.lognormvariate(8.3, 0.3)), hour=11.0)
                for _ in range(self.rng.randrange(1, 5)):
                    place = self.rng.choice(("Beach shack", "Museum", "Taxi", "Cafe Goa", "Boat trip", "Market"))
                    category = self.rng.choice(("Travel", "Food & Dining", "Entertainment"))
                    rupees = round(self.rng.lognormvariate(6.4, 0.7))
                    yield Payment(day, place, category, rupees, hour=self.rng.uniform(9, 23))


def plant(rng: random.Random, paid: list[Payment]) -> list[Payment]:
    """Change some payments into unusual ones and return those that come on top; about one in 80 is unusual.

    spike: five to 20 times what is usual at the merchant, or a decimal point too far, and half as much again as the
        dearest.
    double: the same once more within ten minutes, where nobody pays twice a day.
    fixed: an agreed price, half as much again or up to four times as much, once.
    stranger: a merchant not seen before, twice to six times the dearest of its category, and five times what is usual
        in it.
    """
    expenses = [payment for payment in paid if payment.kind == "expense"]
    prices, categories = defaultdict(list), defaultdict(list)
    for payment in expenses:
        prices[payment.merchant].append(payment.rupees)
        categories[payment.category].append(payment.rupees)
    names = rng.sample([f"{first} {second}" for first in STRANGERS for second in ("Traders", "Mart", "Online")], 18)
    added = []
    for number in range(round(len(expenses) / 80)):
        kind = KINDS[number % len(KINDS)]
        spoilt = {payment.merchant for payment in expenses if payment.planted == "fixed"}
        fitting = [payment for payment in expenses if _fits(payment, kind, prices, categories)]
        fitting = [payment for payment in fitting if kind != "fixed" or payment.merchant not in spoilt]
        if not fitting:
            continue
        target = rng.choice(fitting)
        if kind == "double":
            added.append(_twice(rng, target))
        elif kind == "stranger":
            rupees = round(
                max(max(categories[target.category]) * rng.uniform(2, 6), median(categories[target.category]) * 5)
            )
            added.append(
                Payment(target.day, names.pop(), target.category, rupees, hour=rng.uniform(8, 23), planted=kind)
            )
        else:
            target.rupees, target.planted = _dearer(rng, target, prices[target.merchant]), kind
    return added


def _fits(payment: Payment, kind: str, prices: dict[str, list[float]], categories: dict[str, list[float]]) -> bool:
    if payment.planted or payment.is_copied:
        return False
    if kind in ("fixed", "spike"):
        return payment.stream == (kind == "fixed") and len(prices[payment.merchant]) >= 6
    if kind == "double":
        return payment.merchant not in ("Metro", *PRICES)
    return len(categories[payment.category]) >= 12 and payment.category != "Travel"


def _dearer(rng: random.Random, payment: Payment, prices: list[float]) -> float:
    usual = median(prices)
    if payment.stream:
        return round(usual * rng.uniform(1.5, 4))
    factor = rng.choice((10, 100)) if rng.random() < 0.3 else math.exp(rng.uniform(math.log(5), math.log(20)))
    base = payment.rupees if factor in (10, 100) else usual
    return round(max(base * factor, usual * 5, max(prices) * 1.5))


def _twice(rng: random.Random, payment: Payment) -> Payment:
    payment.hour, payment.is_copied = min(payment.hour, 23.0), True
    later = payment.hour + rng.uniform(10, 600) / 3600
    return Payment(payment.day, payment.merchant, payment.category, payment.rupees, hour=later, planted="double")
