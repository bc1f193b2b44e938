"""Train the receipt parser's rankers and write them with their card.

python ml/train_receipts.py DATA_DIR [MODEL]

The same data give the same bytes. Only the text sets are learned from; the images stay aside.
"""

import io
import os
import sys
import zipfile
from collections import defaultdict
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
CARD_PATH = Path(__file__).with_name("receipts-model-card.md")
CARD = """# The receipt parser's rankers, version {version}

`app/services/receipt_parser/model.npz`, written by `make train-receipts`: for each of merchant, date and total the
weights of a conditional logistic regression over a document's candidates (hashed runs of letters of the row and its
neighbours, position, size, repetition, kinds of words, arithmetic) and of Platt's scaling. Plain arrays; loading
executes nothing.

**For** till receipts, scanned or photographed, in Latin letters. It has seen Malaysian scans and photos mostly from the
USA and the UK; other countries' receipts are read less surely. It keeps no text of a document, only weights.

**Data**: SROIE (ICDAR 2019, Huang et al.), official train split without the documents whose images are kept aside,
gold lines, and once more with made-up misreadings; CC BY 4.0 as stated by jsdnrs/ICDAR2019-SROIE. WildReceipt (Sun et
al., arXiv 2103.14470), part of its test split, gold lines and an OCR engine's; Apache-2.0 according to a model card
that uses it, the authors' own statement was not seen.

**Scores** by cross-validation in {folds} folds, all documents of a merchant in one: the share right (of so many
labelled). Names of merchants count only letter by letter.

{table}
"""


Scores = dict[tuple[str, str], list[bool]]  # by set and field: which of the documents kept aside were right


def train(examples: list[Example]) -> tuple[dict[str, np.ndarray], Scores]:
    """All arrays of a model, and what cross-validation got right."""
    arrays = {"version": np.array(model.VERSION), "fields": np.array(fields.RANKED)}
    arrays["fingerprint"] = np.array(rankers.fingerprint())
    learned = receipts_data.with_noise(examples)
    scores: Scores = defaultdict(list)
    for name in fields.RANKED:
        made = rankers.task(name, learned)
        texts, numbers = rankers.fit(made, list(range(len(learned))))
        scale = calibrated(made, learned, len(examples), scores)
        parts = {"texts": texts.astype(np.float32), "numbers": numbers.astype(np.float32), "calibration": scale}
        arrays |= {f"{name}_{part}": array for part, array in parts.items()}
    return arrays, scores


def calibrated(made: rankers.Task, examples: list[Example], real: int, scores: Scores) -> np.ndarray:
    """Platt's scaling of what the folds kept aside got right; only the first `real` examples are no made-up noise."""
    evidence, right = [], []
    for fold in range(FOLDS):
        learned, aside = rankers.kept_aside(examples, fold)
        ranker = model.Ranker(*rankers.fit(made, learned), np.zeros(3))
        for number in aside:
            if number >= real or not examples[number].accepted(made.name):
                continue
            outcome = scores[examples[number].name, made.name]
            if not made.features[number]:
                outcome.append(False)
                continue
            found = ranker.scores(made.features[number])
            best = int(found.argmax())
            evidence.append(model.evidence(found, best))
            right.append(made.right[number][best])
            outcome.append(right[-1])
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


def card(scores: Scores) -> str:
    """What the model was made of, under which licences, and how well it does."""
    sets = sorted({name for name, _ in scores})
    rows = [
        f"| {name} | "
        + " | ".join(f"{np.mean(scores[name, field]):.3f} ({len(scores[name, field])})" for field in fields.RANKED)
        for name in sets
    ]
    table = "\n".join(["| set | " + " | ".join(fields.RANKED), "|---" * (1 + len(fields.RANKED)), *rows]).replace(
        "\n", " |\n"
    )
    return CARD.format(version=model.VERSION, folds=FOLDS, table=f"{table} |")


def main(data: str, target: str = str(model.PATH)) -> None:
    """Train on the text sets below `data`."""
    examples = receipts_data.learnable(Path(data))
    print(f"{len(examples)} documents of {len({example.group for example in examples})} merchants")
    arrays, scores = train(examples)
    write(arrays, Path(target))
    print(f"{target}: {Path(target).stat().st_size:,} bytes\n{card(scores)}")
    if Path(target) == model.PATH:
        CARD_PATH.write_text(card(scores), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
