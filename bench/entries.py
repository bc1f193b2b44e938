"""Made-up transactions, the same for the same seed, in exactly the shape that the application stores."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.core import clock
from app.models.users import User
from app.transactions import entry
from app.transactions.schemas import Item, ManualEntry
from bench.words import GOODS, INCOME, NOTES, TAGS

Document = dict[str, Any]
FLOOR_COLLECTION = "floor_transactions"  # the copy that the floor reads
SEED = 20
DAYS = 730  # 24 months up to today, for everybody
CATEGORIES, SHARES = list(GOODS), [goods.share for goods in GOODS.values()]


def share_of_day(total: int, day: int) -> int:
    """How many of a user's entries fall on the day-th of DAYS days: spread evenly, adding up to the total."""
    return (day + 1) * total // DAYS - day * total // DAYS


def of_day(users: list[User], totals: list[int], day: int, today: date) -> Iterator[Document]:
    """The documents of one day of all users, in the order in which they would have been written."""
    rng = random.Random(f"{SEED}:{day}")  # noqa: S311 -- to be the same again, not to be secret
    morning = datetime.combine(today - timedelta(days=DAYS - 1 - day), time.min)
    midnight = clock.instant_of(morning, users[0]["timezone"])
    writers = [user for user, total in zip(users, totals, strict=True) for _ in range(share_of_day(total, day))]
    rng.shuffle(writers)
    for number, user in enumerate(writers):
        moment = midnight + timedelta(seconds=number * 86_400 // len(writers), milliseconds=rng.randrange(1000))
        yield _document(rng, user, moment)


def _document(rng: random.Random, user: User, moment: datetime) -> Document:
    identity = ObjectId(int(moment.timestamp()).to_bytes(4) + rng.randbytes(8))
    return {**entry.manual(user, _entry(rng, moment), identity), "created_at": moment, "updated_at": moment}


def _entry(rng: random.Random, moment: datetime) -> ManualEntry:
    chance = rng.random()
    kind = "expense" if chance < 0.94 else "refund" if chance < 0.965 else "income"
    category = rng.choices(CATEGORIES, SHARES)[0]
    goods = GOODS[category]
    seller = rng.choice(goods.sellers)
    what = f"{rng.choice(INCOME if kind == 'income' else goods.things)}"
    # Many apps and banks put a number into the text; it is also what makes each search able to find something else.
    reference = f" #{rng.randrange(10**6):06d}" if rng.random() < 0.5 else ""
    items = [_item(rng, goods.things) for _ in range(rng.randint(1, 4))] if rng.random() < 0.08 else None
    return ManualEntry.model_construct(
        amount=Decimal(max(100, int(goods.median * rng.lognormvariate(0, 0.7)))).scaleb(-2),
        category="Other" if kind == "income" else category,
        description=f"{what}{reference}",
        merchant=seller if rng.random() < 0.8 else None,
        type=kind,
        date=moment,
        currency=rng.choice(("USD", "EUR")) if rng.random() < 0.03 else None,
        notes=rng.choice(NOTES) if rng.random() < 0.15 else None,
        tags=rng.sample(TAGS, rng.randint(1, 2)) if rng.random() < 0.2 else None,
        items=items,
    )


def _item(rng: random.Random, things: tuple[str, ...]) -> Item:
    price = Decimal(rng.randrange(1000, 90000)).scaleb(-2)
    return Item.model_construct(name=rng.choice(things), quantity=Decimal(rng.randint(1, 3)), unit_price=price)
