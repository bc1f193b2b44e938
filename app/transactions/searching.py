"""Searches for a part of a text in all of somebody's transactions, newest first.

The texts are kept in the memory of the process for as long as nothing of their owner changes: people type a search
letter by letter, and reading 100,000 texts for each letter took MongoDB longer than typing the word.
"""

import re
from array import array
from bisect import bisect_right
from threading import Lock
from typing import NamedTuple

from bson import ObjectId
from flask import g

from app.core.memory import Memory
from app.transactions import repository

BYTES = 12 * 1024 * 1024
LARGEST = 8 * 1024 * 1024
ENTRY_BYTES = 1024
SECONDS = 60
SEPARATOR = b"\x00"  # is in no text and in no search
ID_BYTES = 12


class Texts(NamedTuple):
    """All texts of an owner under a mark, one behind the other, each with a SEPARATOR at its end."""

    mark: str
    joined: bytes
    starts: "array[int]"
    ids: bytes
    complete: bool  # or there were too many to keep

    @property
    def size(self) -> int:
        """Bytes in memory, with the cache's own books."""
        return ENTRY_BYTES + len(self.joined) + len(self.ids) + len(self.starts) * self.starts.itemsize


kept = Memory[ObjectId, Texts](BYTES, SECONDS, weigh=lambda texts: texts.size)
lock = Lock()
loading: dict[ObjectId, Lock] = {}  # several requests for the same texts load them once


def find(owner: ObjectId, part: str, skip: int, limit: int) -> tuple[list[ObjectId], int] | None:
    """The ids of one page of the owner's transactions whose text has this part, newest first, and how many have it.

    None if the texts can't be kept: they are too many, or something of the owner is just being written.
    """
    texts = _texts(owner)
    if texts is None or not texts.complete or not part or SEPARATOR.decode() in part:
        return None
    # Up to the end of the text it is in, so that each text is found once.
    once = re.compile(re.escape(part.encode()) + b"[^" + SEPARATOR + b"]*")
    positions = [found.start() for found in once.finditer(texts.joined)]
    return [_id_at(texts, position) for position in positions[skip : skip + limit]], len(positions)


def _id_at(texts: Texts, position: int) -> ObjectId:
    index = bisect_right(texts.starts, position) - 1
    return ObjectId(texts.ids[index * ID_BYTES : (index + 1) * ID_BYTES])


def _texts(owner: ObjectId) -> Texts | None:
    mark = g.look.mark
    if mark is None:
        return None
    if texts := _kept(owner, mark):
        return texts
    with lock:
        gate = loading.setdefault(owner, Lock())
    try:
        with gate:
            if not (texts := _kept(owner, mark)):
                texts = _load(owner, mark)
                kept.put(owner, texts)
    finally:
        with lock:
            loading.pop(owner, None)
    return texts


def _kept(owner: ObjectId, mark: str) -> Texts | None:
    texts = kept.get(owner)
    return texts if texts is not None and texts.mark == mark else None


def _load(owner: ObjectId, mark: str) -> Texts:
    joined, starts, ids = bytearray(), array("I"), bytearray()
    for transaction_id, text in repository.texts(owner):
        starts.append(len(joined))
        joined += text.encode() + SEPARATOR
        ids += transaction_id.binary
        if len(joined) + len(ids) + len(starts) * starts.itemsize > LARGEST:
            return Texts(mark, b"", array("I"), b"", complete=False)
    return Texts(mark, bytes(joined), starts, bytes(ids), complete=True)
