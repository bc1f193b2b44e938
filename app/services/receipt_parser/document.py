"""A document prepared for the rankers: its rows with what they all ask of each."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.services.receipt_parser import amounts, charges, keywords, labelled, line_items
from app.services.receipt_parser.amounts import Amount
from app.services.receipt_parser.charges import Charges
from app.services.receipt_parser.labelled import Named
from app.services.receipt_parser.rows import Row
from app.services.receipt_parser.types import LineItem


@dataclass(frozen=True)
class Document:
    """All rows of a document, top down."""

    rows: Sequence[Row]

    @cached_property
    def texts(self) -> list[str]:
        """What the rows say."""
        return [row.text for row in self.rows]

    @cached_property
    def numbers(self) -> list[list[Amount]]:
        """Each row's numbers, bare ones, too."""
        return [amounts.find(text, whole=True) for text in self.texts]

    @cached_property
    def flags(self) -> list[tuple[float, ...]]:
        """Each row's kinds of words, see keywords."""
        return [keywords.flags(text) for text in self.texts]

    @cached_property
    def named(self) -> list[Named]:
        """The amounts that stand behind a label."""
        return list(labelled.find(self.rows))

    @cached_property
    def charges(self) -> Charges:
        """What it adds to its prices and takes off."""
        return charges.of(self.named)

    @cached_property
    def items(self) -> tuple[LineItem, ...]:
        """What was bought, as far as that shows without a total."""
        return line_items.read(self.rows, None, self.charges)

    @cached_property
    def height(self) -> float:
        """The middle height of its rows."""
        return statistics.median(row.height for row in self.rows) if self.rows else 1.0

    @cached_property
    def left(self) -> float:
        """Where its text begins."""
        return min((row.left for row in self.rows), default=0.0)

    @cached_property
    def width(self) -> float:
        """From where its text begins to where it ends."""
        return max(max((row.right for row in self.rows), default=1.0) - self.left, 1.0)

    def text(self, index: int) -> str:
        """A row's text; of rows above the first and below the last nothing."""
        return self.texts[index] if 0 <= index < len(self.texts) else ""
