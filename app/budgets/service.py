"""What budgets mean: which months they cover, what was spent, how close that is to the limit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.budgets import repository
from app.budgets.schemas import BudgetOut, BudgetUpdate, MonthlyBudget, YearlyBudget
from app.core import clock, idempotency
from app.core.errors import Conflict, Invalid, NotFound
from app.core.money import TooPrecise, to_minor, to_number
from app.core.pages import MonthQuery
from app.core.records import only, readable
from app.models.users import User
from app.transactions import spending_service
from app.transactions.spending_service import Sum

Document = dict[str, Any]
Dated = tuple[Document, tuple[date, date]]  # a budget, and the first and last local day it covers
MONTHS_AHEAD = 12


def create(user: User, body: MonthlyBudget | YearlyBudget) -> BudgetOut:
    """Set a budget for a category and period.

    Raises:
        Invalid: the period is past or more than 12 months ahead, or the limit has too many decimals.
        Conflict: `budget_exists`.
    """
    _judge_period(body, clock.today(user["timezone"]))
    moment = clock.now()
    document: Document = {
        "_id": idempotency.new_id(),
        **body.model_dump(include={"category", "period", "month", "year", "alert_at"}),
        "limit": _limit(body.limit, user["currency"]),
        "currency": user["currency"],
        "created_at": moment,
        "updated_at": moment,
    }
    try:
        stored = repository.insert(user["_id"], document)
    except DuplicateKeyError:
        when = f"{body.year}" if body.month is None else f"{body.year}-{body.month:02d}"
        raise Conflict(f"There is already a {body.category} budget for {when}.", code="budget_exists") from None
    return only(with_spending(user["_id"], [stored]))


def _judge_period(body: MonthlyBudget | YearlyBudget, today: date) -> None:
    field = "year" if body.month is None else "month"
    ahead = (body.year - today.year) * 12 + ((body.month - today.month) if body.month else 0)
    if ahead < 0:
        raise Invalid.field(("body", "year" if body.year < today.year else field), "must not be in the past")
    if ahead > MONTHS_AHEAD:
        raise Invalid.field(("body", field), f"must be at most {MONTHS_AHEAD} months ahead")


def _limit(limit: Decimal, currency: str) -> int:
    try:
        return to_minor(limit, currency)
    except TooPrecise as error:
        raise Invalid.field(("body", "limit"), str(error), "too_many_decimals") from None


def find(user: User, query: MonthQuery) -> list[BudgetOut]:
    """The budgets of a month, the current one by default, each with its spending."""
    year, month = query.resolve(user["timezone"])
    return with_spending(user["_id"], repository.covering(user["_id"], year, month))


def of_month(owner: ObjectId, year: int, month: int) -> list[Dated]:
    """The readable budgets that cover a month, each with the first and last day of its period, for `beside`."""
    return _dated(repository.covering(owner, year, month))


def get(user: User, budget_id: ObjectId) -> BudgetOut:
    """One budget with its spending.

    Raises:
        NotFound.
    """
    return only(with_spending(user["_id"], [_present(repository.get(user["_id"], budget_id))]))


def update(user: User, budget_id: ObjectId, body: BudgetUpdate) -> BudgetOut:
    """Change limit or alert_at.

    Raises:
        NotFound; Invalid: the limit has too many decimals.
    """
    budget = _present(repository.get(user["_id"], budget_id))
    changed: Document = {}
    if "limit" in body.model_fields_set:
        changed["limit"] = _limit(body.limit, budget["currency"])
    if "alert_at" in body.model_fields_set:
        changed["alert_at"] = body.alert_at
    return only(with_spending(user["_id"], [_present(repository.update(user["_id"], budget_id, changed))]))


def delete(user: User, budget_id: ObjectId) -> Document:
    """Delete a budget.

    Raises:
        NotFound.
    """
    if not repository.delete(user["_id"], budget_id):
        raise NotFound()
    return {"message": "Budget deleted."}


def _present(budget: Document | None) -> Document:
    if budget is None:
        raise NotFound()
    return budget


def with_spending(owner: ObjectId, budgets: list[Document]) -> list[BudgetOut]:
    """Each readable budget as shown, with what was spent; one aggregation whatever their number."""
    dated = _dated(budgets)
    if not dated:
        return []
    bounds = [period for _, period in dated]
    return beside(
        dated, spending_service.sums(owner, min(first for first, _ in bounds), max(last for _, last in bounds))
    )


def _dated(budgets: list[Document]) -> list[Dated]:
    return list(readable(budgets, period_bounds))


def beside(dated: list[Dated], parts: Sequence[Sum]) -> list[BudgetOut]:
    """Each readable budget as shown, with what was spent by sums that are of its period and perhaps of more."""
    shown = readable((budget for budget, _ in dated), lambda budget: _shown(budget, _spent(budget, parts)))
    return [budget for _, budget in shown]


def period_bounds(budget: Document) -> tuple[date, date]:
    """First and last local day a budget covers."""
    if budget["month"] is None:
        return date(budget["year"], 1, 1), date(budget["year"], 12, 31)
    return clock.month_bounds(budget["year"], budget["month"])


def _spent(budget: Document, parts: Sequence[Sum]) -> int:
    first, last = map(clock.month_text, period_bounds(budget))
    key = (budget["category"], budget["currency"])
    return sum(part.spend for part in parts if (part.category, part.currency) == key and first <= part.month <= last)


def judge(spent: int, limit: int, alert_at: int) -> str:
    """ok, warning (from alert_at percent of the limit on) or over (more than all of it), compared exactly."""
    if spent > limit:
        return "over"
    return "warning" if spent * 100 >= limit * alert_at else "ok"


def _shown(budget: Document, spent: int) -> BudgetOut:
    first, last = period_bounds(budget)
    limit, currency = budget["limit"], budget["currency"]
    shown = {
        **budget,
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "limit": to_number(limit, currency),
        "current_spend": to_number(spent, currency),
        "remaining": to_number(limit - spent, currency),
        "used_pct": float(round(Decimal(spent) * 100 / limit, 2)),
        "status": judge(spent, limit, budget["alert_at"]),
    }
    return BudgetOut.model_validate(shown)
