"""The trained rankers: weights in, the likeliest candidate and the chance that it is right out.

A model is a file of plain arrays; loading it executes nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from app.services.receipt_parser import ngrams
from app.services.receipt_parser.features import Features

PATH = Path(__file__).with_name("model.npz")
VERSION = 1
SUREST = 8.0  # the highest log odds that count


@dataclass(frozen=True)
class Ranker:
    """One field's: weights of hashed texts and of numbers, and those that make a chance of a rank."""

    texts: np.ndarray
    numbers: np.ndarray
    calibration: np.ndarray

    def scores(self, candidates: Sequence[Features]) -> np.ndarray:
        """A score for each candidate; only their differences count."""
        described = np.array([candidate.numbers for candidate in candidates], dtype=np.float64)
        written: dict[tuple[str, str], float] = {}
        for candidate in candidates:
            for text in candidate.texts:
                if text not in written:
                    indexes = sorted(ngrams.hashes(*text))
                    written[text] = float(self.texts[indexes].sum()) / math.sqrt(len(indexes))
        return described @ self.numbers + np.array([sum(map(written.__getitem__, one.texts)) for one in candidates])

    def chance(self, scores: np.ndarray, index: int) -> float:
        """The calibrated chance that a candidate is right."""
        return sigmoid(float(evidence(scores, index) @ self.calibration))


def likelihoods(scores: np.ndarray) -> np.ndarray:
    """The candidates' shares, which add up to 1."""
    shares = np.exp(scores - scores.max())
    return np.asarray(shares / shares.sum())


def evidence(scores: np.ndarray, index: int) -> np.ndarray:
    """What a chance is made of: how far a candidate is ahead of all others, its own score, and 1."""
    share = float(likelihoods(scores)[index])
    ahead = math.log(max(share, 1e-9) / max(1.0 - share, 1e-9))
    return np.array([min(max(ahead, -SUREST), SUREST), float(scores[index]), 1.0])


def sigmoid(value: float) -> float:
    """Log odds as a chance."""
    return 1.0 / (1.0 + math.exp(-min(max(value, -30.0), 30.0)))


@cache
def load(path: Path = PATH) -> dict[str, Ranker]:
    """The rankers by field.

    Raises:
        ValueError: the file is no model of this version.
    """
    with np.load(path, allow_pickle=False) as arrays:
        if int(arrays["version"]) != VERSION:
            raise ValueError(f"{path.name} is of version {int(arrays['version'])}, not {VERSION}")
        fields = [str(field) for field in arrays["fields"]]
        return {
            field: Ranker(
                *(arrays[f"{field}_{part}"].astype(np.float64) for part in ("texts", "numbers", "calibration"))
            )
            for field in fields
        }
