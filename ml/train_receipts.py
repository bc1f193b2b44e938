"""Train the receipt parser's rankers and write them with their card.

python ml/train_receipts.py DATA_DIR [MODEL]

The same data give the same bytes. Only the text sets are learned from; the images stay aside.
"""

import io
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # sums in one order, so that two runs agree to the last bit
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import rankers
import receipts_data
from receipts_data import FOLDS, Example
from sklearn.linear_model import LogisticRegression

from app.services.receipt_parser import fields, model

LARGEST = 3_000_000


def train(examples: list[Example]) -> dict[str, np.ndarray]:
    """All arrays of a model."""
    arrays = {"version": np.array(model.VERSION), "fields": np.array(fields.RANKED)}
    for name in fields.RANKED:
        made = rankers.task(name, examples)
        texts, numbers = rankers.fit(made, list(range(len(examples))))
        parts = (texts.astype(np.float32), numbers.astype(np.float32), calibrated(made, examples))
        arrays |= {
            f"{name}_{part}": array for part, array in zip(("texts", "numbers", "calibration"), parts, strict=True)
        }
        print(f"{name}: {sum(map(any, made.right))} of {len(examples)} documents have it among their candidates")
    return arrays


def calibrated(made: rankers.Task, examples: list[Example]) -> np.ndarray:
    """Platt's scaling of what the folds kept aside got right."""
    evidence, right = [], []
    for fold in range(FOLDS):
        learned, aside = rankers.kept_aside(examples, fold)
        ranker = model.Ranker(*rankers.fit(made, learned), np.zeros(3))
        for number in aside:
            if made.features[number] and examples[number].accepted(made.name):
                scores = ranker.scores(made.features[number])
                best = int(scores.argmax())
                evidence.append(model.evidence(scores, best))
                right.append(made.right[number][best])
    scale = LogisticRegression(C=10.0).fit(np.array(evidence)[:, :2], right)
    return np.array([*scale.coef_[0], scale.intercept_[0]])


def write(arrays: dict[str, np.ndarray], target: Path) -> None:
    """An .npz without times of day in it, so that equal arrays are equal bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), content.getvalue(), zipfile.ZIP_DEFLATED
            )
    if target.stat().st_size > LARGEST:
        sys.exit(f"{target} is larger than {LARGEST} bytes")


def main(data: str, target: str = str(model.PATH)) -> None:
    """Train on the text sets below `data`."""
    examples = receipts_data.learnable(Path(data))
    print(f"{len(examples)} documents of {len({example.group for example in examples})} merchants")
    write(train(examples), Path(target))
    print(f"{target}: {Path(target).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:3])
