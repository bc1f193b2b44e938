"""CAMT.053 and its siblings, in all versions."""

import io
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.statements import Entry, Unreadable, camt
from tests.statements.reading import OPTIONS, entries, faults, refusal, statement

IBAN = "DE89370400440532013000"
ROOTS = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def file(*bookings: str, version: str = "053.001.08", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    root, one = ROOTS[version[:3]]
    return (
        f'{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><{root}>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr>"
        f"<{one}><Id>1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f'<Bal><Amt Ccy="EUR">999.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>'
        f"{''.join(bookings)}</{one}></{root}></Document>\n"
    )


def read(*bookings: str) -> list[Entry]:
    return entries(file(*bookings).encode())


def booking(
    amount: str = '<Amt Ccy="EUR">12.34</Amt>',
    direction: str = "DBIT",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    day: str = "<BookgDt><Dt>2026-01-31</Dt></BookgDt><ValDt><Dt>2026-02-01</Dt></ValDt>",
    reference: str = "<AcctSvcrRef>R1</AcctSvcrRef>",
    more: str = "",
) -> str:
    return f"<Ntry>{amount}<CdtDbtInd>{direction}</CdtDbtInd>{status}{day}{reference}{more}</Ntry>"


def detail(amount: str, purpose: str, direction: str = "", name: str = "") -> str:
    side = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    party = f"<RltdPties><Cdtr><Pty><Nm>{name}</Nm></Pty></Cdtr></RltdPties>" if name else ""
    return f'<TxDtls><Amt Ccy="EUR">{amount}</Amt>{side}{party}<RmtInf><Ustrd>{purpose}</Ustrd></RmtInf></TxDtls>'


def batch(*details: str) -> str:
    return f"<NtryDtls><Btch><NbOfTxs>9</NbOfTxs></Btch>{''.join(details)}</NtryDtls>"


def parties(**names: str) -> str:
    found = "".join(f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}>" for role, name in names.items())
    return f"<RltdPties>{found}</RltdPties>"


def test_a_booking_is_read_with_all_it_says() -> None:
    texts = "<RmtInf><Ustrd>Invoice 5</Ustrd><Ustrd>of &amp; May</Ustrd></RmtInf>"
    details = f"<NtryDtls><TxDtls>{parties(Dbtr='Me', Cdtr='Café Müller')}{texts}</TxDtls></NtryDtls>"
    (entry,) = read(booking(more=details))
    assert (entry.row, entry.type, entry.amount, entry.currency) == (1, "expense", Decimal("12.34"), "EUR")
    assert (entry.day, entry.bank_id) == (date(2026, 1, 31), f"{IBAN}:R1")
    assert (entry.description, entry.merchant, entry.notes) == ("Café Müller", "Café Müller", "Invoice 5 of & May")


@pytest.mark.parametrize("version", [f"053.001.{number:02}" for number in range(2, 14)] + ["052.001.02", "054.001.08"])
def test_all_versions_and_siblings_are_read(version: str) -> None:
    status = "<Sts>BOOK</Sts>" if version < "053.001.04" else "<Sts><Cd>BOOK</Cd></Sts>"
    (entry,) = entries(file(booking(status=status, direction="CRDT"), version=version).encode())
    assert (entry.type, entry.amount, entry.bank_id) == ("income", Decimal("12.34"), f"{IBAN}:R1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_and_prefixes(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    more = f"<NtryDtls><TxDtls>{parties(Cdtr='Crème Brûlée')}</TxDtls></NtryDtls>"
    content = file(booking(more=more), head=head)
    prefixed = content.replace("xmlns=", "xmlns:a=").replace("</", "\0").replace("<?", "\1").replace("<", "<a:")
    for text in (content, prefixed.replace("\0", "</a:").replace("\1", "<?")):
        assert [entry.merchant for entry in entries(text.encode(encoding))] == ["Crème Brûlée"]


@pytest.mark.parametrize(
    ("direction", "reversal", "type_", "merchant"),
    [
        ("DBIT", "", "expense", "Shop"),
        ("CRDT", "", "income", "Payer"),
        ("CRDT", "<RvslInd>true</RvslInd>", "refund", "Shop"),
        ("DBIT", "<RvslInd>true</RvslInd>", "expense", "Payer"),
        ("CRDT", "<RvslInd>false</RvslInd>", "income", "Payer"),
    ],
)
def test_directions(direction: str, reversal: str, type_: str, merchant: str) -> None:
    more = f"{reversal}<NtryDtls><TxDtls>{parties(Dbtr='Payer', Cdtr='Shop')}</TxDtls></NtryDtls>"
    (entry,) = read(booking(direction=direction, more=more))
    assert (entry.type, entry.merchant) == (type_, merchant)


@pytest.mark.parametrize(
    ("more", "description"),
    [
        ("<RmtInf><Strd><CdtrRefInf><Ref>RF18539</Ref></CdtrRefInf></Strd></RmtInf>", "RF18539"),
        ("<RmtInf><Strd><AddtlRmtInf>Rent</AddtlRmtInf></Strd></RmtInf>", "Rent"),
        ("<AddtlTxInf>Fee</AddtlTxInf>", "Fee"),
        ("", "SEPA transfer"),
    ],
)
def test_what_for(more: str, description: str) -> None:
    details = f"<NtryDtls><TxDtls>{more}</TxDtls></NtryDtls><AddtlNtryInf>SEPA\n transfer</AddtlNtryInf>"
    assert [entry.description for entry in read(booking(more=details))] == [description]
    assert [entry.description for entry in read(booking())] == ["Entry of the bank's"]


def test_a_batch_whose_payments_add_up_is_each_of_them() -> None:
    payments = batch(detail("10.00", "a", name="A"), detail("5.00", "b"), detail("2.66", "c", direction="CRDT"))
    good = read(booking(more=payments), booking(reference="<AcctSvcrRef>R2</AcctSvcrRef>"))
    assert [(entry.row, entry.type, entry.amount, entry.description, entry.bank_id) for entry in good] == [
        (1, "expense", Decimal(10), "A", f"{IBAN}:R1/1"),
        (2, "expense", Decimal(5), "b", f"{IBAN}:R1/2"),
        (3, "income", Decimal("2.66"), "c", f"{IBAN}:R1/3"),
        (4, "expense", Decimal("12.34"), "Entry of the bank's", f"{IBAN}:R2"),
    ]


@pytest.mark.parametrize("last", ["1.00", "2.34000001", "x", ""])
def test_a_batch_that_does_not_add_up_is_one_line(last: str) -> None:
    (entry,) = read(booking(more=batch(detail("10.00", "a"), detail(last, "b"))))
    assert (entry.amount, entry.description, entry.bank_id) == (Decimal("12.34"), "2 payments", f"{IBAN}:R1")


def test_what_is_not_booked_is_left_out_and_said() -> None:
    found, good, _ = statement(file(booking(status="<Sts><Cd>PDNG</Cd></Sts>"), booking(status="")).encode())
    assert len(good) == 1
    assert "PDNG" in found.notes[0]


@pytest.mark.parametrize("reference", ["", "<AcctSvcrRef>NONREF</AcctSvcrRef>", "<AcctSvcrRef> </AcctSvcrRef>"])
def test_a_reference_that_is_none(reference: str) -> None:
    assert [entry.bank_id for entry in read(booking(reference=reference))] == [None]


def test_a_reference_of_several_bookings_names_none() -> None:
    fee = booking(amount='<Amt Ccy="EUR">1.00</Amt>')
    assert [entry.bank_id for entry in read(booking(), fee)] == [None, None]
    assert [entry.bank_id for entry in read(booking(), booking())] == [f"{IBAN}:R1"] * 2


@pytest.mark.parametrize(
    ("day", "read_as"),
    [
        ("<BookgDt><DtTm>2026-01-31T10:20:30+01:00</DtTm></BookgDt>",
         datetime(2026, 1, 31, 10, 20, 30, tzinfo=timezone(timedelta(hours=1)))),
        ("<BookgDt><DtTm>2026-01-31T10:20:30</DtTm></BookgDt>", date(2026, 1, 31)),
        ("<BookgDt><DtTm>2026-01-31T00:00:00+01:00</DtTm></BookgDt>", date(2026, 1, 31)),
        ("<BookgDt><Dt>2026-01-31+01:00</Dt></BookgDt>", date(2026, 1, 31)),
        ("<ValDt><Dt>2026-01-31</Dt></ValDt>", date(2026, 1, 31)),
    ],
)  # fmt: skip
def test_days_and_instants(day: str, read_as: date) -> None:
    (entry,) = read(booking(day=day))
    assert (entry.day, type(entry.day)) == (read_as, type(read_as))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (booking(amount='<Amt Ccy="EUR">12,34</Amt>'), "amount"),
        (booking(amount='<Amt Ccy="EUR">-12.34</Amt>'), "amount"),
        (booking(amount='<Amt Ccy="EUR">12.345</Amt>'), "amount"),
        (booking(amount='<Amt Ccy="EUR">0.00</Amt>'), "amount"),
        (booking(amount='<Amt Ccy="JPY">1.5</Amt>'), "amount"),
        (booking(amount=""), "amount"),
        (booking(amount='<Amt Ccy="QQQ">1</Amt>'), "currency"),
        (booking(direction="SIDE"), "type"),
        (booking(day=""), "date"),
        (booking(day="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), "date"),
    ],
)
def test_a_fault_names_row_and_field_and_loses_no_neighbour(bad: str, field: str) -> None:
    content = file(booking(), bad, booking()).encode()
    assert faults(content) == [(2, field)]
    assert len(statement(content)[1]) == 2


def test_the_amounts_own_currency_wins() -> None:
    good = read(booking(amount='<Amt Ccy="JPY">100.00</Amt>'), booking(amount="<Amt>5</Amt>"))
    assert [(entry.currency, str(entry.amount)) for entry in good] == [("JPY", "100"), ("EUR", "5.00")]


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (file(head=f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{BOMB}]>'), "DTD"),
        (file(head='<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd">'), "DTD"),
        (file(booking(more="<a>" * 1000)), "too deeply"),
        (file(booking(more=f"<!-- {'x' * (3 << 20)}")), "1 MiB"),
        (file(booking(more=f'<a b="{"x" * (3 << 20)}"/>')), "1 MiB"),
        (file(booking(more="".join(f"<n{number}/>" for number in range(20_000)))), "too many kinds"),
        (file(booking(more="&nosuch;")), "damaged"),
        (file(booking()).replace("Stmt>", "Other>"), "no statement"),
        (file(booking(), head='<?xml version="1.0" encoding="nosuch"?>'), "encoding"),
        (file(booking(), head='<?xml version="1.0" encoding="gb18030"?>'), "encoding"),
    ],
)
def test_what_is_no_whole_statement_is_refused(content: str, why: str) -> None:
    assert why in refusal(content.encode()).message


WHOLE = file(booking(more=batch(detail("10.00", "a"), detail("2.34", "b"))), booking(direction="CRDT")).encode()
TRUE = {Decimal("12.34"), Decimal(10), Decimal("2.34")}


@given(st.integers(0, len(WHOLE.rstrip()) - 1))
def test_half_a_file_is_never_taken(length: int) -> None:
    with pytest.raises(Unreadable):
        camt.read(io.BytesIO(WHOLE[:length]), OPTIONS)


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 40), st.sampled_from([b"", b"<", b"/>", b"&", b"\0", b"\xff"]))
def test_a_damaged_file_gives_true_amounts_or_none(at: int, length: int, instead: bytes) -> None:
    digits = any(byte in b"0123456789." for byte in WHOLE[at : at + length])
    try:
        found = list(camt.read(io.BytesIO(WHOLE[:at] + instead + WHOLE[at + length :]), OPTIONS).entries)
    except Unreadable:
        return
    assert digits or {entry.amount for entry in found if isinstance(entry, Entry)} <= TRUE
