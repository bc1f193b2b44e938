"""Reading a file into transactions, in slices; what is done again after an interruption changes nothing."""

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from bson import ObjectId

from app.imports import matching
from app.imports.categories import Categories
from app.imports.progress import Progress
from app.imports.rows import Prepared, Record, Rows
from app.models.users import User
from app.services.statements import Entry
from app.transactions import importing_service as transactions
from app.transactions import portable_service
from app.transactions.portable_service import PortableRow

Document = dict[str, Any]
SLICE = 1_000
TAKEN = "belongs to another of your transactions"
POLITE_ROWS, POLITE_SECONDS = 50, 0.0005


class Run:
    """One import under way, in a request, a worker or a command."""

    def __init__(self, user: User, job: Document, note: Callable[[Progress], None], *, polite: bool = False) -> None:
        """An import from where it is.

        Args:
            note: told of the progress after each slice; may raise to end it.
            polite: other threads of the process have to get their turn in between.
        """
        self._polite = polite
        self._owner, self._job, self._note = user["_id"], job, note
        self.progress = Progress.of(job)
        self._matches = matching.Matches(user["_id"], job["_id"])
        categories = Categories(transactions.habit(user["_id"]), user["currency"])
        self._rows = Rows(user, job["_id"], job["options"]["currency"] or user["currency"], categories)

    def finish(self, records: Iterator[Record]) -> Progress:
        """Do what is left of the file's records, which have to begin with its first."""
        for record in islice(records, self.progress.processed):
            self._rows.skip(record)
        while records_of_slice := list(islice(records, SLICE)):
            self._do(records_of_slice)
            self._note(self.progress)
        return self.progress

    def _do(self, records: list[Record]) -> None:
        prepared = list(self._prepared(records))
        created = self._stored(prepared)
        progress = self.progress
        invalid = [one for one in prepared if one.faults]
        progress.processed += len(prepared)
        progress.invalid += len(invalid)
        progress.duplicates += len(prepared) - len(invalid) - len(created)
        progress.add_faults([fault for one in invalid for fault in one.faults])
        progress.add_created(created)
        for row, entered in self._matches.find(created):
            progress.add_match(row, entered, is_stored=not self._job["dry_run"])

    def _prepared(self, records: list[Record]) -> Iterator[Prepared]:
        for number, record in enumerate(records):
            if self._polite and number % POLITE_ROWS == 0:
                time.sleep(POLITE_SECONDS)
            yield self._rows.prepare(record)

    def _stored(self, prepared: list[Prepared]) -> list[Document]:
        """The documents that are this import's, stored now or by an earlier try; on a dry run those that would be."""
        own, stored_before = self._new(prepared)
        if self._job["dry_run"]:
            return list(own)
        ids = {one.document["_id"]: one for one in prepared if one.document}
        refused = transactions.store(self._owner, [one for one in own if one["_id"] not in stored_before])
        for transaction_id, field in refused.items():
            if field == "external_id":
                ids[transaction_id].add_fault(field, TAKEN)
        return [document for document in own if refused.get(document["_id"], "_id") == "_id"]

    def _recognised(self, prepared: list[Prepared]) -> tuple[dict[str, ObjectId], set[str]]:
        """The keys among keys and prints of these that are stored, and which of the keys are prints beside an id.

        Two different ids are two transactions, however alike; where one of two has no id, the content decides.
        """
        prints = [one.print for one in prepared if one.print]
        known = transactions.known(self._owner, [*(one.key for one in prepared), *prints])
        without_id = [one.key for one in prepared if not one.print and isinstance(one.record, Entry)]
        return known, transactions.known_prints(self._owner, without_id)

    def _new(self, prepared: list[Prepared]) -> tuple[list[Document], set[ObjectId]]:
        """The documents that nothing speaks against, and the ids of those that an earlier try has stored."""
        known, prints = self._recognised([one for one in prepared if one.document])
        unknown = [one.record for one in prepared if one.document and one.key not in known]
        exported = [record for record in unknown if isinstance(record, PortableRow)]
        equal = portable_service.equal_ones(self._owner, exported, self._job["_id"])
        external = [one.document["external_id"] for one in prepared if one.document and one.document["external_id"]]
        taken = transactions.taken(self._owner, external)
        own = []
        for one in prepared:
            if one.document is None or known.get(one.key, one.document["_id"]) != one.document["_id"]:
                continue
            if one.print in known or one.key in prints:
                continue
            if isinstance(one.record, PortableRow) and one.times <= equal[_fingerprint(one.record)]:
                continue
            external_id = one.document["external_id"]
            if external_id and taken.setdefault(external_id, one.document["_id"]) != one.document["_id"]:
                one.add_fault("external_id", TAKEN)
                continue
            own.append(one.document)
        return own, {*known.values()}


def _fingerprint(row: PortableRow) -> str:
    return portable_service.fingerprint(row.fields)
