"""Training of the rankers: conditional logistic regression over each document's candidates, seen or kept aside."""

import datetime
import hashlib
import random
from dataclasses import dataclass, field
from difflib import SequenceMatcher

import numpy as np
import scipy.sparse
from receipts_data import Example, fold_of
from scipy.optimize import minimize

from app.services.receipt_parser import conventions, currencies, fields, ngrams, rows
from app.services.receipt_parser.document import Document
from app.services.receipt_parser.features import Features
from app.services.receipt_parser.merchants import key
from app.services.receipt_parser.types import Box, Hints, Line, Page

HINTS = Hints(datetime.date(2026, 11, 21), "MYR")
# Made up; what is said of them is in the model, so that it is noticed when a change asks for another training.
SPECIMENS = (
    ("CORNER BAKERY SDN BHD", "12 High Street", "Date: 14/11/2026 09:41", "2 x Rye bread  11.00", "Total  RM 11.00"),
    ("TAX INVOICE", "Blue Lantern (Cafe)", "03 Feb 26", "Subtotal 10.50", "Tax 6% 0.63", "TOTAL $11.13", "CASH 20.00"),
)
MOST_OTHERS = 20  # wrong candidates of a document that are learned from, of each kind
NEARLY = 0.8  # alike enough for a misread name to be the one to learn
TEXT_PENALTY, NUMBER_PENALTY, STEPS = 0.3, 0.5, 60


@dataclass
class Task:
    """One field's candidates in every document, and which of them are right."""

    name: str
    values: list[list[fields.Value]] = field(default_factory=list)
    features: list[list[Features]] = field(default_factory=list)
    right: list[list[bool]] = field(default_factory=list)
    learned: list[list[bool]] = field(default_factory=list)


def task(name: str, examples: list[Example]) -> Task:
    """The candidates for a field in these documents."""
    made = Task(name)
    for example in examples:
        read = rows.read([example.page])
        document = Document(conventions.plain(read, currencies.read(read) or HINTS.currency))
        values, features = fields.candidates(name, document, HINTS)
        right = [is_right(name, example, value) for value in values]
        made.values.append(list(values))
        made.features.append(features)
        made.right.append(right)
        made.learned.append(right if any(right) or name != "merchant" else _nearest(example, values))
    return made


def fingerprint() -> str:
    """A digest of what the rankers are told of the specimens: a model fits the code only while this stays the same."""
    digest = hashlib.sha256()
    for specimen in SPECIMENS:
        lines = [Line(text, _box(text, number)) for number, text in enumerate(specimen)]
        document = Document(rows.read([Page(tuple(lines), 400.0, 200.0)]))
        for name in fields.RANKED:
            for described in fields.candidates(name, document, HINTS)[1]:
                digest.update(repr((described.texts, [round(number, 6) for number in described.numbers])).encode())
    return digest.hexdigest()


def _box(text: str, number: int) -> Box:
    left, right, top = 20.0, 20.0 + 9 * len(text), 20.0 + 24 * number
    return ((left, top), (right, top), (right, top + 18), (left, top + 18))


def is_right(name: str, example: Example, value: fields.Value) -> bool:
    """Whether a value is one of a document's gold ones."""
    if name == "merchant":
        return key(str(value)) in {key(gold) for gold in example.accepted(name)}
    if name == "date":
        return str(value) in example.accepted(name)
    return any(abs(float(value) - gold) < 0.005 for gold in example.accepted(name))  # type: ignore[arg-type]


def _nearest(example: Example, values: list[fields.Value]) -> list[bool]:
    golds = [key(gold) for gold in example.accepted("merchant")]
    alike = [
        max((SequenceMatcher(None, key(str(value)), gold).ratio() for gold in golds), default=0.0) for value in values
    ]
    best = max(alike, default=0.0)
    return [best >= NEARLY and ratio == best for ratio in alike]


def fit(made: Task, documents: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The weights of texts and of numbers that make the right candidates of these documents likeliest."""
    chosen = [(number, place) for number in documents for place in _sample(made, number)]
    texts: dict[tuple[str, str], int] = {}
    used = [[texts.setdefault(text, len(texts)) for text in made.features[n][p].texts] for n, p in chosen]
    within = scipy.sparse.csr_matrix(
        (np.ones(sum(map(len, used))), [at for row in used for at in row], np.cumsum([0, *map(len, used)])),
        shape=(len(used), len(texts)),
    )
    numbers = np.array([made.features[n][p].numbers for n, p in chosen])
    right = np.array([made.learned[n][p] for n, p in chosen])
    _, group = np.unique([n for n, _ in chosen], return_inverse=True)
    return _minimise(within, _hashed(list(texts)), numbers, right, group)


def _sample(made: Task, number: int) -> list[int]:
    """The right candidates of a document, some that are part of them or hold them, and some others."""
    learned, values = made.learned[number], [key(str(value)) for value in made.values[number]]
    right = [place for place, is_one in enumerate(learned) if is_one]
    if not right:
        return []
    others = [place for place, is_one in enumerate(learned) if not is_one]
    near = [p for p in others if any(values[p] in values[one] or values[one] in values[p] for one in right)]
    far = [place for place in others if place not in set(near)]
    chance = random.Random(number)
    chosen = chance.sample(near, min(len(near), MOST_OTHERS)) + chance.sample(far, min(len(far), MOST_OTHERS))
    return sorted(right + chosen)


def _hashed(texts: list[tuple[str, str]]) -> scipy.sparse.csr_matrix:
    hashed = [sorted(ngrams.hashes(*text)) for text in texts]
    weights = np.concatenate([np.full(len(one), len(one) ** -0.5) for one in hashed])
    indexes = np.concatenate([np.array(one) for one in hashed])
    return scipy.sparse.csr_matrix(
        (weights, indexes, np.cumsum([0, *map(len, hashed)])), shape=(len(texts), ngrams.SIZE)
    )


def _minimise(
    within: scipy.sparse.csr_matrix,
    hashed: scipy.sparse.csr_matrix,
    numbers: np.ndarray,
    right: np.ndarray,
    group: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    starts = np.searchsorted(group, np.arange(group.max() + 1))
    penalty = np.concatenate([np.full(ngrams.SIZE, TEXT_PENALTY), np.full(numbers.shape[1], NUMBER_PENALTY)])
    within_turned, hashed_turned = within.T.tocsr(), hashed.T.tocsr()

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = within @ (hashed @ weights[: ngrams.SIZE]) + numbers @ weights[ngrams.SIZE :]
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        every, good = np.add.reduceat(shares, starts), np.add.reduceat(shares * right, starts) + 1e-30
        value = float((np.log(every) - np.log(good)).sum() + 0.5 * (penalty * weights * weights).sum())
        slope = shares / every[group] - shares * right / good[group]
        towards = np.concatenate([hashed_turned @ (within_turned @ slope), numbers.T @ slope])
        return value, towards + penalty * weights

    found = minimize(loss, np.zeros(len(penalty)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found[: ngrams.SIZE], found[ngrams.SIZE :]


def kept_aside(examples: list[Example], fold: int) -> tuple[list[int], list[int]]:
    """The numbers of the documents to learn from and of those kept aside in a fold."""
    aside = [number for number, example in enumerate(examples) if fold_of(example) == fold]
    return [number for number in range(len(examples)) if number not in set(aside)], aside
