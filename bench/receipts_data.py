"""Receipts for the benchmark: thousands that are known already, and photos as telephones make them."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import numpy
from bson import ObjectId
from PIL import Image, ImageDraw, ImageFont

from app.models.users import User
from app.receipts import entry
from app.receipts.schemas import ReceiptCreate
from app.transactions.schemas import Item
from bench.entries import CATEGORIES, DAYS, SEED, Document
from bench.words import GOODS, NOTES

PHOTO = (3000, 2250)  # pixels
SHEET = (1100, 1900)
ON_ALL = "tax invoice date time cash card change amount qty price thank you please visit again tel street"
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "zo")
GRAIN, QUALITY = 20, 93  # of the sensor and the JPEG: together some 3 MB


def known(user: User, count: int, today: date) -> Iterator[Document]:
    """So many receipts of a user over two years, with items and text, as the application stores them."""
    rng = random.Random(SEED)  # noqa: S311 -- to be the same again, not to be secret
    for number in range(count):
        goods = GOODS[rng.choice(CATEGORIES)]
        things = rng.choices(goods.things, k=rng.randint(2, 8))
        prices = [Decimal(rng.randrange(1000, 90000)).scaleb(-2) for _ in things]
        seller = rng.choice(goods.sellers)
        bought = [f"{thing} {price}" for thing, price in zip(things, prices, strict=True)]
        text = "\n".join((seller, f"No. {number:06d}", *bought, f"TOTAL {sum(prices)}", *_small_print(rng)))
        body = ReceiptCreate.model_construct(
            merchant_name=seller,
            total_amount=Decimal(sum(prices)),
            transaction_date=today - timedelta(days=rng.randrange(DAYS)),
            category=rng.choice(CATEGORIES),
            notes=rng.choice(NOTES) if rng.random() < 0.15 else None,
            items=[
                Item.model_construct(name=thing, total_price=price) for thing, price in zip(things, prices, strict=True)
            ],
            ocr_text=text,
        )
        yield entry.known(user, body, ObjectId(), None)


def _small_print(rng: random.Random) -> Iterator[str]:
    """What else stands on receipts: words that are on all, some that are on many, most on few, and numbers."""
    yield ON_ALL
    for _ in range(rng.randint(10, 22)):
        words = (SYLLABLES[int(rng.paretovariate(0.6)) % 18] + SYLLABLES[rng.randrange(18)] for _ in range(7))
        yield " ".join(
            (*words, f"{rng.randrange(10 ** rng.randint(1, 5))}", f"{rng.randrange(100)}.{rng.randrange(100):02d}")
        )


def photos() -> Iterator[bytes]:
    """The photo of a receipt on a table, some 3 MB, each file another though they show the same."""
    photo = _photo()
    for number in range(10_000):
        content = BytesIO()
        photo.save(content, "JPEG", quality=QUALITY, comment=f"{number}".encode())
        yield content.getvalue()


def _photo() -> Image.Image:
    grain = numpy.random.default_rng(SEED).normal(0, GRAIN, (PHOTO[1], PHOTO[0], 3))
    table = numpy.full((PHOTO[1], PHOTO[0], 3), (120, 90, 70)) + grain
    photo = Image.fromarray(table.clip(0, 255).astype("uint8"))
    sheet = _sheet().rotate(2, expand=True, fillcolor=(120, 90, 70))
    photo.paste(sheet, (900, 150))
    return photo


def _sheet() -> Image.Image:
    goods = GOODS["Groceries"]
    prices = [Decimal(1250 + 335 * number).scaleb(-2) for number in range(12)]
    bought = [(f"{goods.things[number % len(goods.things)]}", f"{price}") for number, price in enumerate(prices)]
    lines = [
        (goods.sellers[0].upper(), ""),
        ("12 Market Street", ""),
        ("Date: 14/02/2026", "10:22"),
        *bought,
        ("TOTAL", f"{sum(prices)}"),
        ("CASH", "500.00"),
        ("CHANGE", f"{500 - sum(prices)}"),
    ]
    sheet = Image.new("RGB", SHEET, "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=52)
    for number, (left, right) in enumerate(lines):
        draw.text((70, 60 + 96 * number), left, fill=(40, 40, 40), font=font)
        draw.text((SHEET[0] - 70, 60 + 96 * number), right, fill=(40, 40, 40), font=font, anchor="ra")
    return sheet
