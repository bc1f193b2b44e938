"""QIF: payments with categories, splits and transfers, in any order of dates."""

import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statements import Entry, Part, Unreadable, qif
from tests.statements.reading import OPTIONS, entries, faults, refusal, statement

DAY_FIRST = OPTIONS._replace(date_format="DD/MM/YYYY")


def file(*records: str, head: str = "!Type:Bank") -> bytes:
    return "\n".join([head, *(f"{record}\n^" for record in records), ""]).encode()


def one(*lines: str) -> Entry:
    (entry,) = entries(file("\n".join(("D31.01.2026", *lines))))
    return entry


def test_a_payment_is_read_with_all_it_says() -> None:
    entry = one("U-1,234.50", "T-1,234.50", "CR", "N1001", "PBaker & Son", "ABaker", "AHere 5", "Mrolls", "LFood:Lunch")
    assert (entry.row, entry.type, entry.amount, entry.currency) == (1, "expense", Decimal("1234.5"), None)
    assert (entry.day, entry.description, entry.merchant) == (date(2026, 1, 31), "Baker & Son", "Baker & Son")
    assert (entry.category, entry.notes, entry.bank_id) == ("Food:Lunch", "rolls; No. 1001", None)


@pytest.mark.parametrize("kind", ["Bank", "Cash", "CCard", "Oth A", "Oth L", "bank ", "OTH  L"])
def test_all_kinds_of_accounts(kind: str) -> None:
    assert [entry.amount for entry in entries(file("D1/31/26\nT5", head=f"!Type:{kind}"))] == [5]


def test_what_is_no_payment_is_left_out_and_said() -> None:
    head = "!Option:MDY\n!Type:Cat\nNFood\nDEating\nE\n^\n!Clear:AutoSwitch\n!Account\nNChecking\nTBank\n^\n!Type:Bank"
    balance = "D1/30/26\nT100\nPSaldo\nL[Checking]"
    content = file(balance, "D1/30/26\nT100\nPOpening Balance", "D1/31/26\nT-5", head=head)
    invested = file("D1/31/26\nNBuy\nYShares\nI5\nQ1\nT5", head="!Type:Invst")
    found, good, _ = statement(content + invested + file("NThing\nT5", head="!Type:Memorized"))
    assert [(entry.row, entry.amount) for entry in good] == [(1, 5)]
    assert [note.split()[0] for note in found.notes if "left out" in note] == ["2", "1"]


def test_several_accounts_in_one_file() -> None:
    accounts = [f"!Account\nN{name}\nTBank\n^\n!Type:Bank" for name in ("One", "Two")]
    content = b"".join(file("D1/31/26\nT-5\nL[Two]", head=head) for head in accounts)
    found, good, _ = statement(content)
    assert [(entry.row, entry.description) for entry in good] == [(1, "Transfer: Two")]
    assert any("2 accounts" in note for note in found.notes)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1/31'26", date(2026, 1, 31)),
        ("1/31' 6", date(2006, 1, 31)),
        (" 1/31/26", date(2026, 1, 31)),
        ("12/31/99", date(1999, 12, 31)),
        ("25/12/24", date(2024, 12, 25)),
        ("25-12-24", date(2024, 12, 25)),
        ("31/ 1/26", date(2026, 1, 31)),
        ("31.01.2026", date(2026, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
        ("31-Jan-2026", date(2026, 1, 31)),
        ("2/30/26", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days(written: str, read: date | None) -> None:
    content = file(f"D{written}\nT5")
    assert [entry.day for entry in statement(content)[1]] == ([read] if read else [])
    assert faults(content) == ([] if read else [(1, "date")])


def test_all_rows_together_tell_the_order_of_dates() -> None:
    found, good, _ = statement(file("D1/2/26\nT1", "D1/31/26\nT1"))
    assert [entry.day for entry in good] == [date(2026, 1, 2), date(2026, 1, 31)]
    assert found.notes == ["Dates are month/day/year."]
    ambiguous = file("D1/2/26\nT1", "D3/4'26\nT1")
    refused = refusal(ambiguous)
    assert (refused.field, refused.rows) == ("date_format", [1, 2])
    assert [entry.day for entry in entries(ambiguous, DAY_FIRST)] == [date(2026, 2, 1), date(2026, 4, 3)]


@pytest.mark.parametrize(
    ("written", "read"),
    [("-5", "-5"), ("+5.5", "5.5"), ("-1,234.56", "-1234.56"), ("-1.234,56", "-1234.56"), ("1 234,56", "1234.56")],
)
def test_amounts(written: str, read: str) -> None:
    entry = one(f"T{written}")
    assert entry.amount == abs(Decimal(read))
    assert entry.type == ("expense" if read.startswith("-") else "income")


@pytest.mark.parametrize("lines", ["T0.00", "Tabc", "T", "PBaker", "T5\nU6", "T5\nT6", "TUSD 5", "T1.2.3"])
def test_a_fault_names_row_and_field_and_loses_no_neighbour(lines: str) -> None:
    good = "D1/31/26\nT1.25"
    content = file(good, f"D1/31/26\n{lines}", good)
    assert faults(content) == [(2, "amount")]
    assert len(statement(content)[1]) == 2


def test_amounts_that_contradict_each_other_are_faults() -> None:
    content = file("D1/31/26\nT-1,234", "D1/31/26\nT-1.500", "D1/31/26\nT5")
    assert faults(content, OPTIONS._replace(currency="USD")) == [(1, "amount"), (2, "amount")]


def test_more_decimals_than_the_currency_has_are_a_fault() -> None:
    content = file("D1/31/26\nT1.25", "D1/31/26\nT100.00")
    assert faults(content, OPTIONS._replace(currency="JPY")) == [(1, "amount")]


@pytest.mark.parametrize(
    ("lines", "description", "category", "notes"),
    [
        (("Mrolls",), "rolls", None, None),
        (("L[Savings]",), "Transfer: Savings", None, "Transfer: Savings"),
        (("L[Savings]/Class", "PMe"), "Me", None, "Transfer: Savings"),
        (("LFood",), "Food", "Food", None),
        (("N7",), "No. 7", None, None),
        (("PX", "Mone", "Mtwo"), "X", None, "one two"),
        ((), "Payment", None, None),
    ],
)
def test_who_and_what_for(lines: tuple[str, ...], description: str, category: str | None, notes: str | None) -> None:
    entry = one("T-5", *lines)
    assert (entry.description, entry.category, entry.notes) == (description, category, notes)


def test_splits_are_items() -> None:
    splits = ("SFood", "Erolls", "$-60.00", "SHousehold", "$-50", "S[Savings]", "$10")
    entry = one("T-100.00", "PMarket", "LFood", *splits)
    assert entry.items == (
        Part("rolls", Decimal(60), "Food"),
        Part("Household", Decimal(50), "Household"),
        Part("Transfer: Savings", Decimal(-10), None),
    )


@pytest.mark.parametrize(
    ("splits", "count", "said"),
    [
        ("SFood\n$-1.00", 1, "add up to 1.00"),
        ("SFood\n%50", 0, "no amount"),
        ("SFood\n$-1\n" * 501, 0, "more than 500"),
    ],
)
def test_splits_that_do_not_add_up_are_said(splits: str, count: int, said: str) -> None:
    found, (entry,), _ = statement(file(f"D1/31/26\nT-5\n{splits}"))
    assert (entry.amount, len(entry.items)) == (5, count)
    assert said in found.notes[-1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(end: str, encoding: str) -> None:
    text = file("D31.01.2026\nT5\nPCrème brûlée").decode().replace("\n", end)
    assert [entry.merchant for entry in entries(text.encode(encoding))] == ["Crème brûlée"]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Şok Market", "cp1254"),
        ("Işık Eczanesi", "cp1254"),
        ("Crème brûlée", "cp1252"),
        ("Bónus á Íslandi með þér", "cp1252"),
    ],
)
def test_turkish_is_told_from_its_neighbours(name: str, encoding: str) -> None:
    content = file(f"D31.01.2026\nT5\nP{name}").decode().encode(encoding)
    assert [entry.merchant for entry in entries(content)] == [name]


def test_the_last_record_may_lack_its_end() -> None:
    found, good, _ = statement(file("D1/31/26\nT5.25") + b"D1/30/26\nT-12.50\nPBaker")
    assert [entry.amount for entry in good] == [Decimal("5.25"), Decimal("12.5")]
    assert any("isn't closed" in note for note in found.notes)
    assert faults(file() + b"D1/31/26\nT-12") == [(1, "amount")], "which may have been -12.34"
    assert faults(file() + b"T-12\nD1/31/2") == [(1, "date")]


def test_a_record_without_end_is_bounded() -> None:
    assert faults(file("D1/31/26\nT5\nP" + "x" * (2 << 20), "D1/31/26\nT5")) == [(1, "record")]
    assert faults(b"!Type:Bank\n" + b"D1/31/26\nT5\nSx\n" * 100_000) == [(1, "date")]
    assert refusal(b"!Type:Cat\nNFood\n^\n").field == "file"


WHOLE = file("D1/31/26\nT-12.34\nPBaker\nSFood\n$-10.00\nSHome\n$-2.34", "D1/30/26\nT1,234.50\nU1,234.50\nMpay")
TRUE = {Decimal("12.34"), Decimal("1234.5")}


@given(st.integers(0, len(WHOLE) - 1))
def test_half_a_file_gives_no_half_amount(length: int) -> None:
    try:
        found = list(qif.read(io.BytesIO(WHOLE[:length]), OPTIONS).entries)
    except Unreadable:
        return
    assert {entry.amount for entry in found if isinstance(entry, Entry)} <= TRUE


@given(
    st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.sampled_from([b"", b"^", b"!", b"\n", b"\0", b"\xff", b"T"])
)
def test_a_damaged_file_gives_true_amounts_or_none(at: int, length: int, instead: bytes) -> None:
    digits = any(byte in b"0123456789.,-" for byte in WHOLE[at : at + length])
    try:
        found = list(qif.read(io.BytesIO(WHOLE[:at] + instead + WHOLE[at + length :]), OPTIONS).entries)
    except Unreadable:
        return
    # A line end or a letter within a number makes another number, as anybody would read it.
    inside = instead in (b"\n", b"^", b"!", b"T") and WHOLE[at - 1 : at + 1].strip(b"\n") != b""
    assert digits or inside or {entry.amount for entry in found if isinstance(entry, Entry)} <= TRUE
