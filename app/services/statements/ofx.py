"""OFX and QFX, SGML and XML: the booked lines of bank, credit-card and investment accounts' statements.

The file is read twice: once for what all lines together tell (is it whole, how are amounts written, which ids are used
for several lines), then for the lines.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import BinaryIO, NamedTuple

from app.services.statements import ofx_amounts, ofx_dates
from app.services.statements.bank_ids import Ids, bank_id
from app.services.statements.booking import Wrong, each, exact, known_currency, signed_type
from app.services.statements.ofx_lines import PENDING, SECURITIES, Line, Lines
from app.services.statements.ofx_markup import encoding_of, tokens
from app.services.statements.records import Entry, Options, Statement, echo
from app.services.statements.texts import clean, described

KINDS = {
    "CREDIT": "Credit",
    "DEBIT": "Debit",
    "INT": "Interest",
    "DIV": "Dividend",
    "FEE": "Bank fee",
    "SRVCHG": "Service charge",
    "DEP": "Deposit",
    "ATM": "Cash machine",
    "POS": "Point of sale",
    "XFER": "Transfer",
    "CHECK": "Check",
    "PAYMENT": "Payment",
    "CASH": "Cash withdrawal",
    "DIRECTDEP": "Direct deposit",
    "DIRECTDEBIT": "Direct debit",
    "REPEATPMT": "Repeating payment",
}
LEFT_OUT = {
    PENDING: "pending entries, which the bank hasn't booked yet, are left out",
    SECURITIES: "trades of securities are left out: they are no payments",
}


FIELDS = {"TRNAMT": "amount", "DTPOSTED": "date", "FITID": "bank_id"}


def read(stream: BinaryIO, options: Options) -> Statement:
    """The entries of an OFX file.

    Raises:
        Unreadable: it ends early, declares a document type, holds no statement, or a text of more than 1 MiB.
    """
    encoding = encoding_of(stream)
    ids, lines, separators = Ids(), Lines(), set()
    for line in lines.read(tokens(stream, encoding)):
        text = line.leaves.get("TRNAMT", "")
        separators.add(ofx_amounts.shows(text))
        ids.note(_id(line), (text, line.leaves.get("DTPOSTED", "")[:8]))
    ids.settle()
    context = _Context(ids, ofx_amounts.agreed(separators), options.currency)
    entries = each(Lines().read(tokens(stream, encoding)), partial(_entry, context))
    return Statement("ofx", entries, lines.rows, _notes(lines, ids, encoding))


class _Context(NamedTuple):
    """What all lines of a file tell about each of them."""

    ids: Ids
    decimal: str | None
    currency: str | None


def _notes(lines: Lines, ids: Ids, encoding: str) -> list[str]:
    notes = [f"{number} {LEFT_OUT[what]}" for what, number in lines.left_out.items()]
    if lines.statements > 1:
        notes.append(f"The file holds {lines.statements} statements; all were read.")
    if ids.reused:
        notes.append(f"{ids.reused} ids of the bank's name several lines each: those are told apart by their content.")
    if not encoding.startswith("utf"):
        notes.append(f"The text is in {encoding.replace('cp12', 'Windows-12')}.")
    return notes


def _entry(context: _Context, line: Line) -> Entry:
    leaves = line.leaves
    if line.doubled:
        raise Wrong(FIELDS[line.doubled], f"{line.doubled} is there twice, and says two things.")
    currency = known_currency(leaves.get("CURRENCY.CURSYM") or line.currency)
    amount = exact(_amount(leaves.get("TRNAMT", ""), context.decimal), currency or context.currency)
    name = clean(leaves.get("EXTDNAME") or leaves.get("NAME") or leaves.get("PAYEE.NAME", ""))
    description, notes = described(name, clean(leaves.get("MEMO", "")), _kind(leaves))
    return Entry(
        row=line.row,
        type=signed_type(amount),
        amount=abs(amount),
        currency=currency,
        day=_day(leaves.get("DTPOSTED", "")),
        description=description,
        merchant=name or None,
        notes=notes,
        bank_id=context.ids.own(_id(line)),
    )


def _id(line: Line) -> str | None:
    return bank_id(line.account, line.leaves.get("FITID", ""))


def _amount(text: str, decimal: str | None) -> Decimal:
    if not text:
        raise Wrong("amount", "There is no amount (TRNAMT).")
    try:
        return ofx_amounts.amount(text, decimal)
    except ofx_amounts.Ambiguous:
        raise Wrong("amount", f"{echo(text)} may mean two numbers, and no other amount tells which.") from None
    except ValueError:
        raise Wrong("amount", f"{echo(text)} is no amount.") from None


def _day(text: str) -> date | datetime:
    if not text:
        raise Wrong("date", "There is no date (DTPOSTED).")
    try:
        return ofx_dates.day(text)
    except (ValueError, OverflowError):
        raise Wrong("date", f"{echo(text)} is no date.") from None


def _kind(leaves: dict[str, str]) -> str:
    """What a line is called that says nothing about itself."""
    number = clean(leaves.get("CHECKNUM", ""))
    kind = KINDS.get(leaves.get("TRNTYPE", "").upper(), "Entry of the bank's")
    return f"{kind} {number}".rstrip()
