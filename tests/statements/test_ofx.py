"""OFX and QFX: SGML and XML, in every variant of banks."""

import io
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.services.statements import Entry, Unreadable, bank_ids, ofx
from tests.statements.reading import OPTIONS, entries, faults, refusal, statement

HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:{charset}
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""
XML = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
"""
SIGN_ON = "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>"
BALANCE = "<LEDGERBAL><BALAMT>100.00<DTASOF>20260131</LEDGERBAL>"
IN_NEW_YORK = timezone(timedelta(hours=-5))


def line(amount: str = "-12.34", day: str = "20260131", fitid: str = "F1", more: str = "<NAME>Baker") -> str:
    return f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}{more}</STMTTRN>\n"


def bank(lines: str, currency: str = "USD", account: str = "99") -> str:
    return (
        f"<STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1<ACCTID>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>20260131\n{lines}</BANKTRANLIST>{BALANCE}</STMTRS></STMTTRNRS>"
    )


def card(lines: str, currency: str, account: str) -> str:
    return (
        f"<CCSTMTTRNRS><CCSTMTRS><CURDEF>{currency}<CCACCTFROM><ACCTID>{account}</CCACCTFROM>"
        f"<BANKTRANLIST>{lines}</BANKTRANLIST>{BALANCE}</CCSTMTRS></CCSTMTTRNRS>"
    )


def file(*statements: str, charset: str = "1252", head: str = HEADER) -> str:
    return f"{head.format(charset=charset)}<OFX>{SIGN_ON}<BANKMSGSRSV1>{''.join(statements)}</BANKMSGSRSV1></OFX>\n"


def sgml(*lines: str, currency: str = "USD") -> bytes:
    return file(bank("".join(lines), currency)).encode()


AS_XML = f"""{XML}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR</CURDEF>
<BANKACCTFROM><BANKID>1</BANKID><ACCTID>99</ACCTID></BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260131</DTPOSTED><TRNAMT>+5</TRNAMT><FITID>F1</FITID>
<PAYEE><NAME>Çiçek Şirketi &amp; Oğulları</NAME><CITY>İzmir</CITY></PAYEE><MEMO><![CDATA[a <b> & "c"]]></MEMO></STMTTRN>
<STMTTRN><TRNTYPE>INT</TRNTYPE><DTPOSTED>20260130</DTPOSTED><TRNAMT>-0,50</TRNAMT><FITID/></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1</BALAMT></LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""


def test_a_line_is_read_with_all_it_says() -> None:
    found, (entry,), _ = statement(sgml(line(more="<NAME>Baker &amp; Son<MEMO>card 1234")))
    assert (entry.row, entry.type, entry.amount, entry.currency) == (1, "expense", Decimal("12.34"), "USD")
    assert (entry.day, entry.bank_id) == (date(2026, 1, 31), "99:F1")
    assert (entry.description, entry.merchant, entry.notes) == ("Baker & Son", "Baker & Son", "card 1234")
    assert (found.format, found.notes) == ("ofx", [])


def test_xml_is_read_like_sgml() -> None:
    first, second = entries(AS_XML.encode())
    assert (first.type, first.amount, first.currency, first.bank_id) == ("income", Decimal(5), "EUR", "99:F1")
    assert (first.merchant, first.notes) == ("Çiçek Şirketi & Oğulları", 'a <b> & "c"')
    assert (second.description, second.amount, second.bank_id) == ("Interest", Decimal("0.5"), None)


@pytest.mark.parametrize("tag", ["<OFX xmlns='http://ofx.net'>", "<ofx:OFX xmlns:ofx='http://ofx.net'>", "<ofx>"])
def test_the_first_tag_may_have_a_namespace(tag: str) -> None:
    content = AS_XML.replace(XML, '<?xml version="1.0"?>\n').replace("<OFX>", tag)
    assert len(entries(content.encode())) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize(
    "head", [HEADER, HEADER.replace("\n", " ") + "\n", "", "OFXHEADER:100\n", XML, "\ufeff" + HEADER], ids=range(6)
)
def test_headers_and_line_ends_do_not_matter(head: str, end: str) -> None:
    content = file(bank(line() + line("5", fitid="F2")), head=head).replace("\n", end)
    assert [entry.amount for entry in entries(content.encode())] == [Decimal("12.34"), 5]


@pytest.mark.parametrize(
    ("charset", "encoding", "name"),
    [
        ("1252", "cp1252", "Crème brûlée – 5 €"),
        ("1252", "utf-8", "Crème brûlée – 5 €"),
        ("UTF-8", "cp1252", "Crème brûlée"),
        ("NONE", "cp1252", "Crème brûlée"),
        ("ISO-8859-1", "cp1252", "Crème brûlée – 5 €"),
        ("1254", "cp1254", "Şişli Çarşı Ağı"),
        ("ISO-8859-9", "iso8859-9", "Şişli Çarşı Ağı"),
        ("1251", "cp1251", "Пекарня"),
        ("UNICODE", "utf-16", "麵包店 Şişli"),
        ("UNICODE", "utf-16-le", "麵包店 Şişli"),
        ("1252", "utf-8-sig", "麵包店 ₹"),
    ],
)
def test_texts_are_read_in_the_encoding_they_have(charset: str, encoding: str, name: str) -> None:
    content = file(bank(line(more=f"<NAME>{name}")), charset=charset).encode(encoding)
    assert [entry.merchant for entry in entries(content)] == [name]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A &amp; B &lt;C&gt; &#8217;n", "A & B <C> ’n"),
        ("AT&T R&D &copy SMITH&REGINA", "AT&T R&D &copy SMITH&REGINA"),
        ("a < b <3", "a < b <3"),
        ("x <!-- said --> y", "x y"),
        ("one\n  two\t three\x01four", "one two three four"),
        ("&amp;amp;", "&amp;"),
        ("&nosuch; &#0;", "&nosuch; \ufffd"),
    ],
)
def test_texts_are_one_clean_line(written: str, read: str) -> None:
    assert [entry.description for entry in entries(sgml(line(more=f"<NAME>{written}")))] == [read]


@pytest.mark.parametrize(
    ("more", "description", "merchant", "notes"),
    [
        ("<NAME>Baker<MEMO>Baker Street 5, London", "Baker Street 5, London", "Baker", None),
        ("<NAME>Baker<MEMO>rolls", "Baker", "Baker", "rolls"),
        ("<MEMO>rolls", "rolls", None, None),
        ("<NAME>\n<MEMO>\n", "Debit", None, None),
        ("<CHECKNUM>1234", "Debit 1234", None, None),
        ("<BANKACCTTO><BANKID>7<ACCTID>55</BANKACCTTO><MEMO>rent", "rent", None, None),
        ("<PAYEE><NAME>Baker<ADDR1>Here<CITY>There</PAYEE><MEMO>rolls", "Baker", "Baker", "rolls"),
        ("<PAYEE><NAME>Baker<ADDR1>Here<MEMO>rolls", "Baker", "Baker", "rolls"),
    ],
)
def test_who_and_what_for(more: str, description: str, merchant: str | None, notes: str | None) -> None:
    (entry,) = entries(sgml(line(more=more)))
    assert (entry.description, entry.merchant, entry.notes) == (description, merchant, notes)
    assert entry.bank_id == "99:F1"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("-12.34", "-12.34"),
        ("-12,34", "-12.34"),
        ("+5", "5"),
        ("-12.3400", "-12.34"),
        ("-12.340", "-12.34"),
        (".5", "0.5"),
        ("−7.", "-7"),
        ("-1,234.56", "-1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1'234'567.89", "1234567.89"),
        ("-1,00,000.00", "-100000"),
        ("12.34-", "-12.34"),
    ],
)
def test_amounts(written: str, read: str) -> None:
    (entry,) = entries(sgml(line(written)))
    assert entry.amount == abs(Decimal(read))
    assert entry.type == ("expense" if read.startswith("-") else "income")


def test_other_amounts_tell_what_a_separator_means() -> None:
    assert [entry.amount for entry in entries(sgml(line("1,000"), line("-2.50", fitid="F2")))] == [1000, Decimal("2.5")]
    assert [entry.amount for entry in entries(sgml(line("1.000"), line("-2,50", fitid="F2")))] == [1000, Decimal("2.5")]
    assert faults(sgml(line("1,000"))) == [(1, "amount")]


@pytest.mark.parametrize(
    ("written", "currency"),
    [
        ("12.345", "USD"), ("1.5", "JPY"), ("abc", "USD"), ("", "USD"), ("0.00", "USD"), ("1,23,4", "USD"),
        ("1e5", "USD"), ("NaN", "USD"), ("12.34 EUR", "USD"), ("1" * 50, "USD"), ("-", "USD"),
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_a_fault(written: str, currency: str) -> None:
    content = sgml(line(), line(written, fitid="F2"), currency=currency).replace(b"-12.34", b"-12")
    assert faults(content) == [(2, "amount")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20260131", date(2026, 1, 31)),
        ("202601311530", date(2026, 1, 31)),
        ("20260131153000.123", date(2026, 1, 31)),
        ("20260131000000[-5:EST]", date(2026, 1, 31)),
        ("20260131120000.000[-5:EST]", datetime(2026, 1, 31, 12, tzinfo=IN_NEW_YORK)),
        ("20260131120000[-5]", datetime(2026, 1, 31, 12, tzinfo=IN_NEW_YORK)),
        ("20260131120000[0:GMT]", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("20260131120000[+5.5:IST]", datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("20260131120000[5.30:IST]", datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        ("20260131120000[-3:30:NST]", datetime(2026, 1, 31, 12, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        ("20260131120000[GMT]", date(2026, 1, 31)),
        ("2026-01-31", date(2026, 1, 31)),
    ],
)
def test_days_and_instants(written: str, read: date) -> None:
    (entry,) = entries(sgml(line(day=written)))
    assert (entry.day, type(entry.day)) == (read, type(read))


@pytest.mark.parametrize("written", ["", "20260230", "2026013", "20260131990000", "20260131120000[99:X]", "31.01.2026"])
def test_a_date_that_is_none_is_a_fault(written: str) -> None:
    assert faults(sgml(line(day=written), line(fitid="F2"))) == [(1, "date")]


def test_currencies() -> None:
    foreign = "<CURRENCY><CURRATE>1.1<CURSYM>JPY</CURRENCY><NAME>a"
    converted = "<ORIGCURRENCY><CURRATE>1.1<CURSYM>JPY</ORIGCURRENCY><NAME>b"
    content = sgml(line("-100", more=foreign), line("-1.50", fitid="F2", more=converted), currency="eur")
    assert [(entry.currency, entry.amount) for entry in entries(content)] == [("JPY", 100), ("EUR", Decimal("1.5"))]
    assert [entry.currency for entry in entries(sgml(line(), currency=""))] == [None]
    assert faults(sgml(line(), currency="ZZZ")) == [(1, "currency")]


def test_several_statements_of_several_kinds() -> None:
    trades = (
        "<INVSTMTTRNRS><INVSTMTRS><CURDEF>GBP<INVACCTFROM><BROKERID>b<ACCTID>77</INVACCTFROM><INVTRANLIST>"
        "<BUYSTOCK><INVBUY><INVTRAN><FITID>x<DTTRADE>20260101</INVTRAN><TOTAL>-5.00</INVBUY></BUYSTOCK>"
        f"<INVBANKTRAN>{line('9')}<SUBACCTFUND>CASH</INVBANKTRAN></INVTRANLIST></INVSTMTRS></INVSTMTTRNRS>"
    )
    content = file(bank(line()), card(line("-3"), "EUR", "4***9"), trades).encode()
    found, good, _ = statement(content)
    assert [(entry.row, entry.bank_id, entry.currency) for entry in good] == [
        (1, "99:F1", "USD"),
        (2, "4***9:F1", "EUR"),
        (3, "77:F1", "GBP"),
    ]
    assert any("3 statements" in note for note in found.notes)
    assert any("securities" in note for note in found.notes)


def test_an_id_that_names_several_lines_names_none() -> None:
    found, good, _ = statement(
        sgml(line(), line("-5"), line("-7", fitid="F2"), line("-7", fitid="F2"), line(fitid="0"))
    )
    assert [entry.bank_id for entry in good] == [None, None, "99:F2", "99:F2", None]
    assert any("ids" in note for note in found.notes)


def test_sgml_without_any_closing_tag_is_whole_if_the_balance_follows() -> None:
    bare = re.sub(rb"</\w+>", b"", sgml(line(), line("5", fitid="F2")))
    assert [entry.amount for entry in entries(bare)] == [Decimal("12.34"), 5]
    assert refusal(bare[: bare.index(b"<LEDGERBAL>")]).field == "file"


def test_many_ids_are_judged_a_share_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_ids, "AT_ONCE", 3)
    lines = [line(f"-{number}", fitid=f"F{number % 10}") for number in range(1, 16)]
    ids = [entry.bank_id for entry in entries(sgml(*lines))]
    assert ids == [f"99:F{number % 10}" if 6 <= number <= 10 else None for number in range(1, 16)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (sgml(line())[:-9], "ends early"),
        (sgml(line())[: sgml(line()).index(b"34<FITID")], "ends early"),
        (AS_XML.encode().partition(b"</OFX>")[0], "ends early"),
        (file().encode(), "no statement"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><OFX></OFX>', "DTD"),
        (sgml(line(more="<NAME>" + "x" * (2 << 20))), "1 MiB"),
    ],
)
def test_what_is_no_whole_statement_is_refused(content: bytes, why: str) -> None:
    assert why in refusal(content).message


def test_a_fault_names_row_and_field_and_loses_no_neighbour() -> None:
    content = sgml(line(), "<STMTTRN><NAME>x</STMTTRN>", line("5", fitid="F2"), line().replace("-12.34", "1<TRNAMT>2"))
    _, good, bad = statement(content)
    assert [entry.row for entry in good] == [1, 3]
    assert [(fault.row, fault.field) for fault in bad] == [(2, "amount"), (4, "amount")]


WHOLE = file(
    bank(line() + line("1234.5", fitid="F2", day="20260131120000[-5:EST]")), card(line("-3"), "EUR", "4")
).encode()
TRUE = {(Decimal("12.34"), "USD"), (Decimal("1234.5"), "USD"), (Decimal(3), "EUR")}


@given(st.integers(0, len(WHOLE.rstrip()) - 1))
def test_half_a_file_is_never_taken(length: int) -> None:
    with pytest.raises(Unreadable):
        ofx.read(io.BytesIO(WHOLE[:length]), OPTIONS)


@given(
    st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.sampled_from([b"", b"<", b">", b"</", b"&#", b"\0", b"\xff"])
)
@example(0, 0, b"\xff\xfe")
def test_a_damaged_file_gives_true_amounts_or_none(at: int, length: int, instead: bytes) -> None:
    damaged = WHOLE[:at] + instead + WHOLE[at + length :]
    digits = any(byte in b"0123456789.-" for byte in WHOLE[at : at + length])
    try:
        good = [row for row in ofx.read(io.BytesIO(damaged), OPTIONS).entries if isinstance(row, Entry)]
    except Unreadable:
        return
    assert digits or {entry.amount for entry in good} <= {amount for amount, _ in TRUE}
