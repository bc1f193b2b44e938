"""The training script: the same documents give the same bytes, and what is learned is used."""

import sys
from pathlib import Path

import numpy as np
import pytest

from app.services.receipt_parser import model
from config import ROOT
from tests.receipt_parser.layout import page

sys.path.insert(0, str(ROOT / "ml"))
import rankers
import train_receipts
from receipts_data import Example, noisy


def example(number: int) -> Example:
    """A receipt whose total stands in a row of its own and is neither its largest nor its last amount."""
    rows = [
        f"SHOP NUMBER {number}",
        ("Bread", f"{number}.20"),
        ("SETTLED", f"{number}.70"),
        ("GIVEN", "50.00"),
        ("POINTS", "1.00"),
    ]
    return Example("made up", f"{number}.jpg", page(rows), {"merchant": rows[0], "total": number + 0.70}, number)


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rankers, "STEPS", 8)


@pytest.fixture(scope="module")
def task() -> rankers.Task:
    return rankers.task("total", [example(number) for number in range(2, 14)])


def test_training_twice_gives_the_same_bytes(task: rankers.Task, tmp_path: Path) -> None:
    for name in ("one", "two"):
        texts, numbers = rankers.fit(task, list(range(10)))
        train_receipts.write({"texts": texts, "numbers": numbers}, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_model_was_trained_on_what_the_rankers_are_told_now() -> None:
    with np.load(model.PATH, allow_pickle=False) as arrays:
        assert str(arrays["fingerprint"]) == rankers.fingerprint(), "train again: make train-receipts"


def test_what_was_learned_is_found_in_documents_kept_aside(task: rankers.Task) -> None:
    ranker = model.Ranker(*rankers.fit(task, list(range(10))), np.zeros(3))
    for number in (10, 11):
        assert task.right[number][int(ranker.scores(task.features[number]).argmax())]


def test_noise_is_the_same_for_the_same_seed_and_leaves_the_label() -> None:
    once, again = noisy(example(5), 3), noisy(example(5), 3)
    assert once == again
    assert once.label == example(5).label
