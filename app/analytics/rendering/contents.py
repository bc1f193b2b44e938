"""What a monthly report says, whatever it is written on: headline figures and tables of text."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from app.analytics.rendering.wording import change, month_name, percent, short_day
from app.core.amounts import amount

Document = dict[str, Any]
STATES = {"ok": "ok", "warning": "near limit", "over": "over limit"}
DAYS_BESIDE = 3


class Heading(NamedTuple):
    """A column of a table: its name, its share of the width, and whether it holds figures, or what people wrote."""

    name: str
    share: float
    figures: bool = False
    written: bool = False


class Table(NamedTuple):
    """A table of text; `empty` is said instead where it has no rows."""

    title: str
    headings: list[Heading]
    rows: list[list[str]]
    empty: str
    note: str = ""


class Figure(NamedTuple):
    """A headline figure and what it is."""

    name: str
    value: str


def title(report: Document) -> str:
    """What the report is called."""
    return f"Monthly report, {month(report)}"


def month(report: Document) -> str:
    """The report's month in words."""
    return month_name(report["month"])


def is_empty(report: Document) -> bool:
    """Whether nothing at all counts in the month."""
    return not report["transaction_count"] and not report["income"]


def summary(report: Document) -> str:
    """The month in one sentence."""
    if is_empty(report):
        return f"Nothing was recorded in {month(report)}."
    before, changed = report["comparison"], report["comparison"]["change_pct"]
    if report["spend"] < 0:
        return f"{amount(-report['spend'], report['currency'])} more came back than you spent in {month(report)}."
    spent = f"You spent {amount(report['spend'], report['currency'])} in {month(report)}"
    if changed is None:
        return f"{spent}."
    by = percent(abs(changed))
    compared = "as much as" if by == percent(0) else f"{by} {'more' if changed > 0 else 'less'} than"
    return f"{spent}, {compared} in {month_name(before['month'])}."


def figures(report: Document) -> list[Figure]:
    """The headline figures."""
    money = _money(report)
    return [
        Figure("Income", money(report["income"])),
        Figure("Expenses", money(report["expenses"])),
        Figure("Refunds", money(report["refunds"])),
        Figure("Spent after refunds", money(report["spend"])),
        Figure("Left over", money(report["net"])),
        Figure("Savings rate", percent(report["savings_rate_pct"])),
    ]


def tables(report: Document) -> list[Table]:
    """All tables, in their order; that of other currencies only where there are any."""
    listed = [comparison(report), categories(report), budgets(report), largest(report), days(report)]
    return listed + ([others(report)] if report["unconverted"] else [])


def categories(report: Document) -> Table:
    """Spending by category."""
    money = _money(report)
    headings = [Heading("Category", 0.4), Heading("Spent", 0.28, True), Heading("Share", 0.16, True)]
    rows = [
        [row["category"], money(row["total"]), percent(row["share_pct"]), f"{row['count']:,}"]
        for row in report["by_category"]
    ]
    return Table("Categories", [*headings, Heading("Entries", 0.16, True)], rows, "Nothing was spent.")


def comparison(report: Document) -> Table:
    """The month beside the one before."""
    money, before = _money(report), report["comparison"]
    changes = {"income": before["income_change_pct"], "spend": before["change_pct"]}
    names = {"income": "Income", "expenses": "Expenses", "refunds": "Refunds", "spend": "Spent", "net": "Left over"}
    rows = [
        [name, money(report[field]), money(before[field]), change(changes[field]) if field in changes else ""]
        for field, name in names.items()
    ]
    months = [Heading(month_name(month), 0.27, True) for month in (report["month"], before["month"])]
    return Table("Compared with the month before", [Heading("", 0.3), *months, Heading("Change", 0.16, True)], rows, "")


def budgets(report: Document) -> Table:
    """The budgets and what is left of each."""
    headings = [Heading("Budget", 0.24), Heading("Limit", 0.18, True), Heading("Spent", 0.18, True)]
    headings += [Heading("Remaining", 0.18, True), Heading("Used", 0.11, True), Heading("State", 0.11, True)]
    return Table("Budgets", headings, [_budget(budget) for budget in report["budgets"]], "No budgets for this month.")


def _budget(budget: Document) -> list[str]:
    name = budget["category"] + (f" ({budget['year']})" if budget["period"] == "yearly" else "")
    limits = [amount(budget[field], budget["currency"]) for field in ("limit", "current_spend", "remaining")]
    return [name, *limits, percent(budget["used_pct"]), STATES[budget["status"]]]


def largest(report: Document) -> Table:
    """The largest expenses."""
    headings = [
        Heading("Day", 0.1),
        Heading("Description", 0.31, written=True),
        Heading("Merchant", 0.2, written=True),
        Heading("Category", 0.19),
    ]
    money = _money(report)
    rows = [
        [short_day(row["local_date"]), row["description"], row["merchant"] or "", row["category"], money(row["amount"])]
        for row in report["top_transactions"]
    ]
    return Table("Largest expenses", [*headings, Heading("Amount", 0.2, True)], rows, "No expenses.")


def days(report: Document) -> Table:
    """Spending by day, three days in a row; without those on which nothing was spent."""
    money = _money(report)
    spent = [
        [f"{date.fromisoformat(day['date']):%a} {short_day(day['date'])}", money(day["total"])]
        for day in _spent(report)
    ]
    length = -(-len(spent) // DAYS_BESIDE)
    columns = [spent[start : start + length] for start in range(0, len(spent), length)] if spent else []
    rows = [
        [cell for column in columns for cell in (column[number] if number < len(column) else ["", ""])]
        for number in range(length)
    ]
    return Table(
        "Day by day", [Heading("Day", 0.14), Heading("Spent", 0.19, True)] * len(columns), rows, "No spending."
    )


def others(report: Document) -> Table:
    """What is in other currencies, and in no sum above."""
    headings = [Heading("Currency", 0.25), Heading("Spent", 0.3, True), Heading("Income", 0.3, True)]
    rows = [
        [
            row["currency"],
            amount(row["total"], row["currency"]),
            amount(row["income"], row["currency"]),
            f"{row['count']:,}",
        ]
        for row in report["unconverted"]
    ]
    note = "Nothing is converted: these amounts are in none of the sums above."
    return Table("In other currencies", [*headings, Heading("Entries", 0.15, True)], rows, "", note)


def _spent(report: Document) -> list[Document]:
    return [day for day in report["by_day"] if day["count"] or day["total"]]


def _money(report: Document) -> Callable[[float], str]:
    return lambda value: amount(value, report["currency"])
