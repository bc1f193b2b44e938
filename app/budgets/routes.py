"""Budgets over HTTP."""

from typing import Any

from bson import ObjectId
from flask import Blueprint

from app.budgets import service
from app.budgets.schemas import BudgetCreate, BudgetOut, BudgetUpdate, MonthlyBudget, YearlyBudget
from app.core.contract import contract
from app.core.errors import Conflict
from app.core.identity import current_user
from app.core.pages import MonthQuery
from app.core.types import Message

bp = Blueprint("Budgets", __name__, url_prefix="/api/budgets")
Document = dict[str, Any]


@bp.get("/")
@contract(query=MonthQuery, returns={200: list[BudgetOut]}, cached=True)
def list_budgets(query: MonthQuery) -> list[BudgetOut]:
    """List a month's budgets.

    Those of the current month in your time zone, or of another, and the yearly ones that cover it.
    """
    return service.find(current_user(), query)


@bp.post("/")
@contract(body=BudgetCreate, returns={201: BudgetOut}, raises=(Conflict,), idempotent=True)
def create_budget(body: MonthlyBudget | YearlyBudget) -> tuple[BudgetOut, int]:
    """Set a budget.

    For a category and a month, or a whole year with `period: yearly`; not for the past, at most 12 months ahead.
    """
    return service.create(current_user(), body), 201


@bp.get("/<budget_id>")
@contract(returns={200: BudgetOut})
def get_budget(budget_id: ObjectId) -> BudgetOut:
    """Read one budget."""
    return service.get(current_user(), budget_id)


@bp.route("/<budget_id>", methods=["PUT", "PATCH"])
@contract(body=BudgetUpdate, returns={200: BudgetOut})
def update_budget(budget_id: ObjectId, body: BudgetUpdate) -> BudgetOut:
    """Change a budget's limit or alert."""
    return service.update(current_user(), budget_id, body)


@bp.delete("/<budget_id>")
@contract(returns={200: Message})
def delete_budget(budget_id: ObjectId) -> Document:
    """Delete a budget."""
    return service.delete(current_user(), budget_id)
