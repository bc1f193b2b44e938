"""The model that comes along: what its file holds and does not, and what is made of its scores."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.services.receipt_parser import model
from app.services.receipt_parser.features import Features

RANKER = model.load()["total"]
WIDTH = len(RANKER.numbers)


def test_it_is_small_and_holds_plain_arrays_only() -> None:
    assert model.PATH.stat().st_size < 3_000_000
    with zipfile.ZipFile(model.PATH) as archive:
        for name in archive.namelist():
            with archive.open(name) as file:
                assert np.lib.format.read_array(file, allow_pickle=False).dtype != object
    assert set(model.load()) == {"merchant", "date", "total"}


def test_objects_and_other_versions_are_refused(tmp_path: Path) -> None:
    pickled, other = tmp_path / "pickled.npz", tmp_path / "other.npz"
    np.savez(pickled, version=np.array([{}], dtype=object))
    np.savez(other, version=np.array(model.VERSION + 1))
    with pytest.raises(ValueError, match="pickle"):
        model.load(pickled)
    with pytest.raises(ValueError, match="version"):
        model.load(other)


def test_equal_candidates_get_equal_scores_and_shares_that_add_up() -> None:
    one = Features((("h", "TOTAL"),), (0.5,) * WIDTH)
    scores = RANKER.scores([one, one])
    assert scores[0] == scores[1]
    assert model.likelihoods(scores) == pytest.approx([0.5, 0.5])


def test_being_further_ahead_means_a_higher_chance() -> None:
    near, far = np.array([2.0, 1.5]), np.array([2.0, -4.0])
    assert 0 < RANKER.chance(near, 0) < RANKER.chance(far, 0) < 1
