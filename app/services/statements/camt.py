"""CAMT.053 of ISO 20022, all versions, and its siblings camt.052 and camt.054: the booked lines of accounts.

The file is read twice: once to see that it is whole and which ids are used for several lines, then for the lines.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import BinaryIO

from app.services.statements.bank_ids import Ids, bank_id
from app.services.statements.booking import Wrong, each, exact, known_currency
from app.services.statements.camt_lines import CREDIT, DEBIT, NUMBER, Line, Lines, first
from app.services.statements.camt_markup import Texts, bookings
from app.services.statements.records import EXPENSE, INCOME, REFUND, Entry, Options, Statement, echo
from app.services.statements.texts import clean, described

PENDING = "bookings are left out, since the bank hasn't booked them yet (status {status})"
PURPOSE = ("RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb")


def read(stream: BinaryIO, options: Options) -> Statement:
    """The entries of a camt file.

    Raises:
        Unreadable: it is damaged or ends early, is no such statement, declares a document type or is built to harm.
    """
    ids, lines = Ids(), Lines()
    for line in lines.read(bookings(stream)):
        ids.note(_id(line), (line.amount, line.direction, first(line.booking, "BookgDt/Dt", "BookgDt/DtTm")[:10]))
    ids.settle()
    entries = each(Lines().read(bookings(stream)), partial(_entry, ids, options.currency))
    return Statement("camt", entries, lines.rows, _notes(lines, ids))


def _notes(lines: Lines, ids: Ids) -> list[str]:
    notes = [f"{number} {PENDING.format(status=echo(status))}." for status, number in lines.left_out.items()]
    if ids.reused:
        notes.append(f"{ids.reused} ids of the bank's name several lines each: those are told apart by their content.")
    return notes


def _entry(ids: Ids, default: str | None, line: Line) -> Entry:
    currency = known_currency(line.currency)
    name = clean(_other_party(line))
    description, notes = described(name, _purpose(line), _otherwise(line))
    return Entry(
        row=line.row,
        type=_type(line),
        amount=_amount(line, currency or default),
        currency=currency,
        day=_day(line.booking),
        description=description,
        merchant=name or None,
        notes=notes,
        bank_id=ids.own(_id(line)),
    )


def _id(line: Line) -> str | None:
    """The servicer's reference with the account; the payments of a batch share one and are counted."""
    own, batch = first(line.detail, "Refs/AcctSvcrRef"), first(line.booking, "AcctSvcrRef")
    reference = f"{batch}/{line.part}" if batch and line.part else batch or own
    return bank_id(first(line.account, "Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", ""), reference)


def _reversed(line: Line) -> bool:
    return first(line.booking, "RvslInd").lower() in ("true", "1")


def _type(line: Line) -> str:
    """A debit is an expense, a credit income; a debit that is taken back, a refund."""
    if line.direction == DEBIT:
        return EXPENSE
    if line.direction == CREDIT:
        return REFUND if _reversed(line) else INCOME
    raise Wrong("type", f"{echo(line.direction) or 'Nothing'} says neither debit nor credit (CdtDbtInd).")


def _amount(line: Line, currency: str | None) -> Decimal:
    if not NUMBER.fullmatch(line.amount):
        raise Wrong("amount", f"{echo(line.amount)} is no amount." if line.amount else "There is no amount (Amt).")
    return exact(Decimal(line.amount), currency)


def _day(booking: Texts) -> date | datetime:
    """The day of booking, else of value; an instant only where its offset is told, and it isn't midnight."""
    written = first(booking, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    if not written:
        raise Wrong("date", "There is no date (BookgDt, ValDt).")
    try:
        if "T" not in written:
            return date.fromisoformat(written[:10])
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise Wrong("date", f"{echo(written)} is no date.") from None
    plain = moment.tzinfo is None or not any((moment.hour, moment.minute, moment.second))
    return moment.date() if plain else moment


def _other_party(line: Line) -> str:
    """Who got the money of a debit, or paid a credit; a reversal names both as they were in what it reverses."""
    role = "Cdtr" if (line.direction == DEBIT) != _reversed(line) else "Dbtr"
    parties = (role, f"Ultmt{role}")
    return first(line.detail, *(f"RltdPties/{party}{inner}/Nm" for party in parties for inner in ("", "/Pty")))


def _purpose(line: Line) -> str:
    for key in PURPOSE:
        if line.detail.get(key):
            return clean(" ".join(line.detail[key]))
    return clean(first(line.detail, "AddtlTxInf"))


def _otherwise(line: Line) -> str:
    """What a line is called that names nobody and no purpose."""
    batch = f"{line.detailed} payments" if line.detailed > 1 else "Entry of the bank's"
    return clean(first(line.booking, "AddtlNtryInf")) or batch
