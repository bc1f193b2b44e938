"""What is checked of a line in every bank's format: its currency, its amount's decimals, its sign."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Protocol, TypeVar

from app.core.money import DECIMALS, TooPrecise, to_decimal, to_minor
from app.services.statements.records import EXPENSE, INCOME, Entry, Fault, echo


class Wrong(Exception):
    """A field of a line can't be read: which one, and words for a person."""

    def __init__(self, field: str, msg: str) -> None:
        super().__init__(msg)
        self.field, self.msg = field, msg


class Numbered(Protocol):
    """A line as it stands in the file, with its number there."""

    @property
    def row(self) -> int:
        """From 1."""


Line = TypeVar("Line", bound=Numbered)


def each(lines: Iterable[Line], entry: Callable[[Line], Entry]) -> Iterator[Entry | Fault]:
    """An entry for each line, or what is wrong with it."""
    for line in lines:
        try:
            yield entry(line)
        except Wrong as wrong:
            yield Fault(line.row, wrong.field, wrong.msg)


def known_currency(text: str) -> str | None:
    """A currency of ISO 4217, None where none is named.

    Raises:
        Wrong: it is none that is in use.
    """
    code = text.strip().upper()
    if code and code not in DECIMALS:
        raise Wrong("currency", f"{echo(text)} is no currency of ISO 4217.")
    return code or None


def exact(amount: Decimal, currency: str | None) -> Decimal:
    """An amount with its currency's own decimals; more of them than the currency has must be zeros.

    Raises:
        Wrong: it is zero, or has more decimals.
    """
    if not amount:
        raise Wrong("amount", "The amount is zero.")
    if currency is None or currency not in DECIMALS:
        return amount
    try:
        return to_decimal(to_minor(amount, currency), currency)
    except TooPrecise as problem:
        raise Wrong("amount", f"{amount} is not exact: {problem}.") from None


def signed_type(amount: Decimal) -> str:
    """What leaves an account is an expense, what comes into it income."""
    return EXPENSE if amount < 0 else INCOME
