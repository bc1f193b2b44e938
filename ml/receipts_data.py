"""Labelled receipts for training and measuring: documents with their gold values, folds, and typical OCR noise."""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.services.receipt_parser.merchants import key
from app.services.receipt_parser.types import Line, Page

FOLDS = 5
SAME_MERCHANT = 0.8
_MISREAD = {
    "O": "0", "0": "O", "I": "1", "1": "l", "l": "1", "S": "5", "5": "S", "B": "8", "8": "B", "N": "H", "D": "O",
    "E": "F", "G": "C", "M": "N", "a": "e", "i": "1", "o": "0", "n": "h", ".": ",", ",": ".", "U": "V", "T": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A document and its label; `name` tells sets apart, `group` is the number of its merchant."""

    name: str
    file: str
    page: Page
    label: dict[str, Any]
    group: int = -1

    def accepted(self, field: str) -> list[Any]:
        """All values that count as right; none when the field is not labelled."""
        values = [self.label.get(field), *(self.label.get(f"{field}_accept") or [])]
        return [value for value in values if value not in (None, "")]


def page_of(lines: list[dict[str, Any]]) -> Page:
    """A page with these lines, as large as they reach."""
    made = tuple(
        Line(line["text"], tuple(map(tuple, line["box"])), line.get("score", 1.0)) for line in lines if line["text"]
    )
    points = [point for line in made for point in line.box] or [(1.0, 1.0)]
    return Page(made, max(x for x, _ in points), max(y for _, y in points))


def texts(data: Path) -> list[Example]:
    """Both text sets: gold lines, and of the photos what an OCR engine read as well."""
    found = []
    for name, keys in (("sroie", ("lines",)), ("wildreceipt", ("lines", "ocr_lines"))):
        for label in _jsonl(data / "text" / f"{name}_train.jsonl"):
            found += [Example(f"{name}:{kept}", label["file"], page_of(label[kept]), label) for kept in keys]
    return grouped(found)


def images(data: Path) -> list[Example]:
    """What an OCR engine read on the images of both sets, with their labels; never trained on."""
    found = []
    for name in ("sroie", "wildreceipt"):
        for read in _jsonl(data / "ocr" / f"{name}_dev.rapidocr3.jsonl"):
            label = json.loads((data / name / "labels" / f"{Path(read['file']).stem}.json").read_text("utf-8"))
            found.append(Example(f"{name}:image", read["file"], page_of(read["lines"]), label))
    return found


def learnable(data: Path) -> list[Example]:
    """The text sets without the documents whose images are kept aside."""
    kept = {Path(example.file).stem for example in images(data)}
    return [example for example in texts(data) if Path(example.file).stem not in kept]


def with_noise(examples: list[Example]) -> list[Example]:
    """The examples, and behind them the clean ones of scans once more as an engine might have read them."""
    return examples + [noisy(example, 1) for example in examples if example.name == "sroie:lines"]


def grouped(examples: list[Example]) -> list[Example]:
    """The examples with equal numbers for equal or nearly equal merchants."""
    known: list[str] = []
    groups: dict[str, int] = {}
    for example in examples:
        name = key(example.label["merchant"] or example.file)
        if name not in groups:
            like = (at for at, other in enumerate(known) if _alike(name, other))
            groups[name] = next(like, len(known))
            known.append(name)
    return [
        Example(one.name, one.file, one.page, one.label, groups[key(one.label["merchant"] or one.file)])
        for one in examples
    ]


def fold_of(example: Example) -> int:
    """The fold an example is kept aside in: all of a merchant's in one."""
    return random.Random(example.group).randrange(FOLDS)


def noisy(example: Example, seed: int) -> Example:
    """The same document as an engine might have read it: letters misread, spaces lost, now and then a line."""
    chance = random.Random(f"{seed} {example.file}")
    rate = chance.choice((0.0, 0.01, 0.03))
    lines = []
    for line in example.page.lines:
        if chance.random() > 0.99:
            continue
        text = "".join(_MISREAD.get(letter, letter) if chance.random() < rate else letter for letter in line.text)
        if chance.random() < rate * 2:
            text = text.replace(" ", "", 1)
        if chance.random() < 0.5:
            text = text.title()
        lines.append(Line(text, line.box, min(1.0, chance.gauss(0.98, 0.02))))
    page = Page(tuple(lines), example.page.width, example.page.height)
    return Example(example.name, example.file, page, example.label, example.group)


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) >= 6 and (one.startswith(other) or other.startswith(one)):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= SAME_MERCHANT and matcher.ratio() >= SAME_MERCHANT


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
