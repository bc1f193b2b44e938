"""How far an import is, and what has come of it so far."""

from dataclasses import dataclass, field, fields
from typing import Any

Document = dict[str, Any]
MOST_ERRORS = 100
MOST_MATCHES = 100
MOST_PREVIEWED = 20
PREVIEWED = ("type", "amount", "currency", "category", "description", "merchant", "date", "local_date", "notes", "tags")
MATCHED = ("_id", "amount", "currency", "local_date", "description")


@dataclass
class Progress:
    """The fields of a stored import that change while it runs; amounts in minor units."""

    processed: int = 0
    created: int = 0
    duplicates: int = 0
    invalid: int = 0
    fault_count: int = 0
    match_count: int = 0
    errors: list[Document] = field(default_factory=list)
    preview: list[Document] = field(default_factory=list)
    possible_matches: list[Document] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document) -> "Progress":
        """That of a stored import."""
        return cls(**{one.name: document[one.name] for one in fields(cls)})

    def stored(self) -> Document:
        """The fields as they are stored."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def add_faults(self, faults: list[Document]) -> None:
        """Count the faults of rows, and keep the first."""
        self.fault_count += len(faults)
        self.errors += faults[: MOST_ERRORS - len(self.errors)]

    def add_created(self, documents: list[Document]) -> None:
        """Count new transactions, and keep how the first of them look."""
        self.created += len(documents)
        for document in documents[: MOST_PREVIEWED - len(self.preview)]:
            shown = {name: document[name] for name in PREVIEWED}
            self.preview.append({"row": document["imported"]["row"], **shown})

    def add_match(self, row: Document, entered: Document, *, is_stored: bool) -> None:
        """Count a transaction that may be the same as a row, and keep the first."""
        self.match_count += 1
        if len(self.possible_matches) < MOST_MATCHES:
            self.possible_matches.append(
                {
                    "row": row["imported"]["row"],
                    "transaction": {name: entered[name] for name in MATCHED},
                    "imported_id": row["_id"] if is_stored else None,
                }
            )
