"""Decides for a whole file which amounts are expenses and which are income."""

from typing import NamedTuple

from app.services.statements.csv_survey import OPPOSITE, Amounts
from app.services.statements.records import Unreadable


class Signs(NamedTuple):
    """What signs mean in a file: the usual sign of each kind that its type column names, and of bare amounts."""

    minus_is_usual: dict[str, bool]
    unsigned: str | None  # type of an amount without sign and type; None where a type is expected
    note: str | None

    def type_of(self, kind: str | None, sign: str) -> str | None:
        """The type of a row: what its column says, turned round if its sign isn't its kind's usual one; else its sign.

        None where the row says neither.
        """
        if kind is not None:
            return kind if (sign == "-") == self.minus_is_usual[kind] else OPPOSITE[kind]
        if sign:
            return "expense" if sign == "-" else "income"
        return self.unsigned


def signs_of(amounts: Amounts, has_sides: bool, card_payments: list[int]) -> Signs:
    """What the signs of a file mean, by all its amounts.

    A minus is an expense and a bare amount income, as banks write it. Without any minus the marked ones (plus, CR)
    are income and the bare ones expenses. Without any mark, type or debit and credit columns all are expenses: so
    write people and apps that track nothing else.

    Raises:
        Unreadable: on "mapping": few amounts have a minus, and those pay a card (`card_payments`, rows): the others are
            a card's expenses or an account's income.
    """
    usual = {kind: amounts.usual_sign(kind) for kind in OPPOSITE}
    kinds = {kind for (kind, _), count in amounts.kinds.items() if kind and count}
    bare = {sign: amounts.kinds[None, sign] for sign in ("", "-", "+")}
    if kinds and kinds <= {"income", "refund"} and bare[""] and not bare["-"]:
        return Signs(usual, "expense", "Rows whose type doesn't say income are read as expenses.")
    if has_sides or (kinds and not any(sign == "-" for (_, sign), count in amounts.kinds.items() if count)):
        return Signs(usual, None, None)
    if bare["-"] or (kinds and any(usual[kind] for kind in kinds)):
        is_doubtful = not kinds and bare[""] > bare["-"]
        return Signs(usual, "income", _about_income(card_payments) if is_doubtful else None)
    if bare["+"]:
        return Signs(usual, "expense", "Amounts without a plus are read as expenses.")
    if kinds:
        return Signs(usual, None, None)
    return Signs(usual, "expense", "No amount has a sign, so all are read as expenses.")


def _about_income(card_payments: list[int]) -> str:
    if not card_payments:
        return "Amounts with a minus are read as expenses, those without as income."
    rows = ", ".join(map(str, card_payments))
    raise Unreadable(
        "mapping",
        f"Few amounts have a minus, and those are payments (row {rows}), as in a card's statement: the others can be "
        "expenses or income. Say which by a mapping of the amounts' column to debit (expenses) or to credit (income).",
        card_payments,
    )
