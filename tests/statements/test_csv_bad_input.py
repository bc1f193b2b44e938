"""CSV that is none, is broken or is made to hurt: a clear reason, all good rows, and memory that stays bounded."""

import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from app.services.statements import Entry, Fault, Unreadable, detect, read
from app.services.statements.records import LONGEST_LINE
from tests.statements.reading import OPTIONS, entries, faults, refusal, statement

HEADER = b"Date,Amount,Description\n"
MIB = 1 << 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "picture"),
        (b"PK\x03\x04" + bytes(100), "ZIP"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"\x1f\x8b\x08" + bytes(100), "gzip"),
        (b"Date,Amount\n2026-01-05,1\x00\n", "not a text file"),
        (bytes(range(256)) * 100, "not a text file"),
        (b"<!DOCTYPE html><html><table></table></html>", "web page"),
        (b"<?xml version='1.0'?><note/>", "web page or XML"),
        (b"hello", "no date column and no amount column"),
        (b"just a letter\nto somebody\n", "no date column"),
        (b"Name,Amount\nTea,4.50\n", "no date column"),
        (b"Date,Name\n2026-01-05,Tea\n", "no amount column"),
        (b"Date,Quantity\n2026-01-05,3\n", "no amount column"),
        (HEADER, "no rows"),
        (HEADER + b"\n\n,,\n", "no rows"),
        (HEADER.decode().encode("utf-16"), "no rows"),
    ],
)
def test_what_is_no_table_of_entries(content: bytes, said: str) -> None:
    refused = refusal(content)
    assert refused.field == "file"
    assert said in refused.message


def test_the_columns_that_are_there_are_named() -> None:
    refused = refusal(b"made by an app\nWhen?;Who;Price\xe9 in shells\n1;2;3\n")
    assert "“When?”, “Who”, “Priceé in shells”" in refused.message


def test_a_nul_far_down_is_found_before_any_entry() -> None:
    assert refusal(HEADER + b"2026-01-05,1,Tea\n" * 50_000 + b"\0" * 10).field == "file"


def test_each_bad_row_is_named_and_good_ones_go_in() -> None:
    content = (
        HEADER + b"2026-01-05,-4.50,Tea\nsoon,-1.00,x\n2026-02-30,-1.00,x\n,-1.00,x\n2026-01-06,lots,x\n2026-01-06,,x\n"
        b"2026-01-06,0.00,x\n2026-01-06\n2026-01-07,-1,000.00,x\n,,Tea\n2026-01-08,2.00,Pay\n"
    )
    found, good, bad = statement(content)
    assert [entry.row for entry in good] == [2, 12]
    assert [(fault.row, fault.field) for fault in bad] == [
        *((3, "date"), (4, "date"), (5, "date"), (6, "amount"), (7, "amount"), (8, "amount"), (9, "amount")),
        *((10, "row"), (11, "date")),
    ]
    assert found.total == 11
    assert all(len(fault.msg) < 150 for fault in bad)


def test_a_message_repeats_no_more_than_a_glimpse_of_a_cell() -> None:
    _, _, (bad,) = statement(HEADER + b"2026-01-05,-4.50,Tea\n2026-01-05," + b"secret" * 1000 + b",x\n")
    assert len(bad.msg) < 100


def test_lines_after_the_table_are_left_out_and_bad_rows_among_them_are_not() -> None:
    rows = HEADER + b"2026-01-05,-4.50,Tea\n2026-01-06,2.00,Pay\n"
    after = (
        b"\nTotal,-2.50,\nClosing balance on 31/01/2026,100.00,\nThis was made by a computer and has no signature\n,,\n"
    )
    assert faults(rows + after) == []
    assert faults(rows + b"2026-01,-1.00,x\n" + after) == [(4, "date")]


def test_half_a_file_keeps_its_whole_rows() -> None:
    whole = HEADER + b'2026-01-05,-4.50,"Tea, green"\n2026-01-06,-5.50,"Tea, black"\n'
    for end in range(len(HEADER) + 30, len(whole)):
        found, good, bad = statement(whole[:end])
        assert good[0].description == "Tea, green"
        assert len(good) + len(bad) == found.total <= 2


@pytest.mark.parametrize("rows", [3, 50, 5000])
def test_a_quote_that_is_never_closed_costs_one_row(rows: int) -> None:
    content = HEADER + b'2026-01-05,-4.50,"Tea\n' + b"2026-01-06,-1.00,Milk\n" * rows
    _, good, bad = statement(content)
    assert [fault.row for fault in bad] == [2]
    assert "quote" in bad[0].msg
    assert [entry.row for entry in good] == list(range(3, rows + 3))


def test_quotes_everywhere_end_soon() -> None:
    with pytest.raises(Unreadable) as refused:
        statement(HEADER + b'2026-01-05,a"b,"c\n' * 500_000)
    assert refused.value.field == "file"


def test_a_table_of_hardly_any_entries_ends_soon() -> None:
    for start in (b"", GOOD * 100, b'"'):
        refused = refusal(HEADER + start + b"x\n" * 30_000 + GOOD)
        assert refused.field == "file"
        assert "no date or no amount" in refused.message
    assert len(faults(HEADER + GOOD * 4_000 + b"x\n" * 12_000 + GOOD)) == 12_000


def test_text_that_could_do_harm_is_only_text() -> None:
    evil = "=cmd|' /C calc'!A0; <script>\u202e\x07 \ud7ff"
    (entry,) = entries(HEADER + f'2026-01-05,-1.00,"{evil}"\n'.encode())
    assert entry.description == "=cmd|' /C calc'!A0; <script>\ud7ff" or "\x07" not in entry.description


class Synthetic(io.RawIOBase):
    """A file of a head, a piece repeated many times and a tail, that is nowhere in memory."""

    def __init__(self, head: bytes, piece: bytes, times: int, tail: bytes = b"") -> None:
        self.parts = (head, piece, times, tail)
        self.rewind()

    def rewind(self) -> None:
        head, piece, times, tail = self.parts
        self.left = self._pieces(head, piece, times, tail)
        self.rest = b""

    @staticmethod
    def _pieces(head: bytes, piece: bytes, times: int, tail: bytes) -> Iterator[bytes]:
        yield head
        for _ in range(times):
            yield piece
        yield tail

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        self.rewind()
        return 0

    def read(self, size: int = -1) -> bytes:
        parts = [self.rest]
        length = len(self.rest)
        while length < size and (piece := next(self.left, None)) is not None:
            parts.append(piece)
            length += len(piece)
        joined = b"".join(parts)
        self.rest = joined[size:]
        return joined[:size]


def peak_of(stream: object) -> tuple[int, list[Entry | Fault] | Unreadable]:
    """The most memory that reading takes, in bytes, and the faults or the refusal that come of it."""
    assert isinstance(stream, Synthetic)
    tracemalloc.start()
    try:
        bad = [row for row in read(stream, OPTIONS).entries if isinstance(row, Fault)]  # type: ignore[arg-type]
        return tracemalloc.get_traced_memory()[1], list(bad)
    except Unreadable as refused:
        return tracemalloc.get_traced_memory()[1], refused
    finally:
        tracemalloc.stop()


GOOD = b"2026-01-05,-4.50,Tea\n"


@pytest.mark.parametrize(
    "stream",
    [
        Synthetic(HEADER + GOOD + b"2026-01-05,-1.00,", b"x" * 1000, 20_000, b"\n" + GOOD),
        Synthetic(HEADER + GOOD + b"2026-01-05,-1.00", b"," * 1000, 20_000, b"\n" + GOOD),
        Synthetic(HEADER + GOOD + b'2026-01-05,-1.00,"', b"x" * 1000, 20_000, b"\n" + GOOD),
        Synthetic(HEADER + GOOD, b" " * 1000, 20_000, b"\n" + GOOD),
        Synthetic(b"", b"x" * 1000, 20_000),
        Synthetic(b"\xff\xfe", b"x\0" * 1000, 10_000),
    ],
    ids=[
        "a row of 20 MB",
        "a row of 20 million cells",
        "a quoted cell of 20 MB",
        "20 MB of blanks",
        "no line end",
        "UTF-16",
    ],
)
def test_a_line_without_end_is_never_in_memory(stream: Synthetic) -> None:
    peak, outcome = peak_of(stream)
    assert peak < 16 * LONGEST_LINE
    if isinstance(outcome, list):
        assert [row.row for row in outcome if isinstance(row, Fault)] in ([3], [])
    else:
        assert outcome.field == "file"


def test_nothing_of_long_cells_stays_in_memory() -> None:
    rows = (b"2026-01-05,-1.00,x,y\n" + (b"%d" % row + b"x" * 100_000 + b",") * 4 + b"\n" for row in range(30))
    stream = io.BytesIO(b"Date,Amount,Type,Status\n" + b"".join(rows))
    tracemalloc.start()
    try:
        found = read(stream, OPTIONS)
        assert sum(isinstance(row, Fault) for row in found.entries) == 30
        assert tracemalloc.get_traced_memory()[0] < 3 * MIB
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_rows() -> None:
    row = b"2026-01-05,-4.50," + b"x" * 100 + b"\n"
    short, _ = peak_of(Synthetic(HEADER, row, 1_200))
    long, outcome = peak_of(Synthetic(HEADER, row, 4_800))
    assert outcome == []
    assert long < short + MIB // 4  # the entries alone would take five times as much


def test_a_stream_that_is_a_file_is_read_again_and_again() -> None:
    with tempfile.TemporaryFile() as stream:
        stream.write(HEADER + GOOD)
        for _ in range(2):
            assert detect(stream) == "csv"
            assert len(list(read(stream, OPTIONS).entries)) == 1


def test_our_own_export_is_told_apart_by_its_header() -> None:
    own = b"date,local_date,type,amount,currency,category,description,merchant,notes,tags,items,external_id"
    for content, expected in (
        (own + b"\r\n", "own_csv"),
        (b"\xef\xbb\xbf" + own, "own_csv"),
        (own + b",more\n", "csv"),
        (b'{"a": 1}', "json"),
    ):
        stream: BinaryIO = io.BytesIO(content)
        assert detect(stream) == expected
