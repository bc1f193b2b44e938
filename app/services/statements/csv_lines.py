"""A text as lines and CSV records, lazily, with a bound on everything a file could make long."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from app.services.statements.csv_encoding import chunks
from app.services.statements.records import LONGEST_LINE, Unreadable

LONG = "\0"  # stands for a line that is longer than any record may be; no text holds this letter
MOST_LINES = 100  # of one record, in quotes: a longer one has lost its closing quote
MOST_UNCLOSED = 1000


class Record(NamedTuple):
    """One record: the number of its first line, its cells, and what is wrong with it, if so."""

    line: int
    cells: list[str]
    problem: str | None = None


class _Unclosed(Exception):
    """A quoted cell goes on for more lines than a cell has."""


def lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The lines of a text, each ended by one newline whatever ends them in the file; one too long is LONG."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), translate=True)
    rest, dropping = "", False
    for piece in _pieces(stream, decoder):
        head, *others = piece.split("\n")
        dropping = dropping or len(rest) + len(head) > LONGEST_LINE
        rest = "" if dropping else rest + head
        if others:
            yield LONG + "\n" if dropping else rest + "\n"
            rest, dropping = others.pop(), False
            for line in others:
                yield line + "\n"
    if rest or dropping:
        yield LONG + "\n" if dropping else rest + "\n"


def _pieces(stream: BinaryIO, decoder: io.IncrementalNewlineDecoder) -> Iterator[str]:
    for piece in chunks(stream):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


class _Feed:
    """Hands lines to the CSV reader, keeps those of the record it is in, and takes back what was no part of it."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.record: list[str] = []
        self.again: deque[str] = deque()
        self.ended = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if len(self.record) >= MOST_LINES:
            raise _Unclosed
        try:
            line = self.again.popleft() if self.again else next(self.source)
        except StopIteration:
            self.ended = True
            raise
        self.record.append(line)
        return line

    def take_back(self) -> None:
        """Read all lines of the record but its first once more."""
        self.again.extendleft(reversed(self.record[1:]))
        del self.record[1:]
        self.ended = False


def records(source: Iterator[str], delimiter: str) -> Iterator[Record]:
    """The CSV records of lines. A quote that is never closed costs its own line alone: the next ones are read anew.

    Raises:
        Unreadable: more than MOST_UNCLOSED lines have such a quote.
    """
    feed, line, unclosed = _Feed(source), 1, []
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True)
    while not feed.ended:
        feed.record = []
        cells, problem = _next(reader, feed)
        if problem:
            feed.take_back()
            unclosed.append(line)
        if len(unclosed) > MOST_UNCLOSED:
            raise Unreadable("file", "Too many lines open a quote that is never closed.", unclosed[:10])
        if feed.record:
            yield Record(line, cells, problem)
            line += len(feed.record)


def _next(reader: Iterator[list[str]], feed: _Feed) -> tuple[list[str], str | None]:
    try:
        cells = next(reader, [])
    except _Unclosed:
        return [], "A quote is opened here and never closed."
    except csv.Error:
        return [], "This row has a cell that is too long."
    if feed.ended and feed.record:  # the reader asked for more lines than there are
        return [], "A quote is opened here and never closed: the file may be cut off."
    return (cells, None) if cells != [LONG] else ([], "This row is longer than 1 MiB.")
