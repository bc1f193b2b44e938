"""Measure the receipt parser on labelled documents with a scorer that compares predictions with labels.

python ml/evaluate_receipts.py DATA_DIR SCORER.py [--ocr] [--errors]

Images: what an engine read on them (DATA_DIR/ocr, or with --ocr the engine of this project now), with the model that
comes along, which has not seen them. Text sets: by cross-validation, all documents of a merchant in one fold. Invoices:
the text of the PDFs. Prints the scorer's tables and how far the chances can be relied on.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import rankers
import receipts_data
from receipts_data import FOLDS, Example

from app.services import receipt_parser
from app.services.receipt_parser import fields, model, receipt
from app.services.receipt_parser.model import Ranker
from app.services.receipt_parser.types import Page, Reading

BOUNDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.001)
Outcome = tuple[Example, Reading]


def prediction(example: Example, reading: Reading) -> dict[str, Any]:
    """The scorer's line for one document."""
    return {
        "file": example.file,
        "merchant": reading.merchant,
        "date": reading.date.isoformat() if reading.date else None,
        "total": None if reading.total is None else str(reading.total),
        "currency": reading.currency,
        "items": [
            {
                "description": i.name,
                "quantity": None if i.quantity is None else str(i.quantity),
                "amount": str(i.total_price),
            }
            for i in reading.items
        ],
    }


def read(examples: Iterable[Example], chosen: Mapping[str, Ranker] | None = None) -> list[Outcome]:
    """The readings; with rankers of its own only the reader of receipts, as for text sets, which hold no invoices."""
    if chosen is None:
        return [(one, receipt_parser.read([one.page], rankers.HINTS)) for one in examples]
    return [(one, receipt.read([one.page], rankers.HINTS, chosen)) for one in examples]


def by_cross_validation(data: Path) -> list[Outcome]:
    """The text sets, each document by rankers that have seen none of its merchant."""
    real = receipts_data.learnable(data)
    examples = receipts_data.with_noise(real)
    tasks = {name: rankers.task(name, examples) for name in fields.RANKED}
    shipped = model.load()
    found: list[Outcome] = []
    for fold in range(FOLDS):
        learned, aside = rankers.kept_aside(examples, fold)
        chosen = {name: Ranker(*rankers.fit(made, learned), shipped[name].calibration) for name, made in tasks.items()}
        found += read([examples[number] for number in aside if number < len(real)], chosen)
    return found


def recognised(data: Path, example: Example) -> Example:
    """An image's example with what this project's engine reads on it."""
    from app.services import ocr  # noqa: PLC0415 (the engine is heavy and seldom asked for)

    folder = data / example.name.split(":")[0] / "images"
    return replace(example, page=ocr.recognise((folder / example.file).read_bytes()))


def invoices(data: Path) -> list[Outcome]:
    """The PDFs below invoices/ by the text in them."""
    from app.services import pdf_pages  # noqa: PLC0415

    found = []
    for path in sorted((data / "invoices" / "labels").glob("*.json")):
        label = json.loads(path.read_text("utf-8"))
        pages = pdf_pages.read((data / "invoices" / "files" / label["file"]).read_bytes())
        example = Example("invoices", label["file"], Page((), 1, 1), label)
        found.append((example, receipt_parser.read(pages, rankers.HINTS)))
    return found


def score(title: str, outcomes: list[Outcome], scorer: Path, options: list[str]) -> None:
    """Print the scorer's table of one set."""
    with tempfile.TemporaryDirectory() as folder:
        labels, predictions = Path(folder, "labels.jsonl"), Path(folder, "predictions.jsonl")
        labels.write_text("\n".join(json.dumps(one.label) for one, _ in outcomes), "utf-8")
        predictions.write_text("\n".join(json.dumps(prediction(*outcome)) for outcome in outcomes), "utf-8")
        command = [sys.executable, str(scorer), str(labels), str(predictions), *options]
        print(f"\n== {title}\n{subprocess.run(command, check=True, capture_output=True, text=True).stdout}", end="")  # noqa: S603


def reliability(title: str, outcomes: list[Outcome]) -> None:
    """Print for each range of chances how many fields fall into it and how many of them are right."""
    chances, right = [], []
    for example, reading in outcomes:
        for name in fields.RANKED:
            value = getattr(reading, name)
            if value is not None and example.accepted(name):
                chances.append(reading.confidence[name])
                right.append(rankers.is_right(name, example, value))
    print(f"\n-- reliability: {title}\nchance       fields  stated  right")
    for low, high in pairwise(BOUNDS):
        inside = [place for place, chance in enumerate(chances) if low <= chance < high]
        if inside:
            stated, is_so = (np.mean([kind[place] for place in inside]) for kind in (chances, right))
            print(f"{low:.2f}-{min(high, 1):.2f} {len(inside):>9} {stated:>7.3f} {is_so:>6.3f}")


def main(data: Path, scorer: Path, options: list[str]) -> None:
    """Print everything."""
    shown = [option for option in options if option == "--errors"]
    examples = receipts_data.images(data)
    if "--ocr" in options:
        examples = [recognised(data, example) for example in examples]
    started = time.perf_counter()
    seen = read(examples)
    print(f"{(time.perf_counter() - started) / len(seen) * 1000:.0f} ms a document")
    for name in ("sroie:image", "wildreceipt:image"):
        score(name, [outcome for outcome in seen if outcome[0].name == name], scorer, shown)
    reliability("images", seen)
    if "--images" in options:
        return
    score("invoices", invoices(data), scorer, shown)
    aside = by_cross_validation(data)
    for name in sorted({example.name for example, _ in aside}):
        score(f"{name}, by cross-validation", [one for one in aside if one[0].name == name], scorer, shown)
    reliability("text sets, by cross-validation", aside)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
