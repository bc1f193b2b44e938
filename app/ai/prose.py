"""The sentences around a summary's figures: by Gemini where configured, else from templates.

Whoever writes, no number may appear that is not among the figures.
"""

import logging
import re
from typing import Any

from app.core.money import to_decimal
from app.core.types import is_clean
from app.services import gemini
from config import Settings

log = logging.getLogger(__name__)
SECONDS = 8.0
LONGEST = 1200
SENTENCES = (3, 4)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SCHEMA = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}
INSTRUCTION = (
    "You write a summary of somebody's spending in 3 or 4 plain sentences for that person: how much they spent, "
    "the top one or two categories, and one practical saving tip. Use only the figures given, exactly as they "
    "are written; compute nothing, invent nothing. Plain text without markup."
)
TIPS = {
    "Food & Dining": "Cooking at home a little more often is the quickest way to bring this down.",
    "Transportation": "Sharing rides or taking public transport for regular trips would lower this.",
    "Utilities": "A look at your plans and meters may find usage you don't need.",
    "Housing": "Setting the rent and upkeep aside at the start of the month keeps the rest in view.",
    "Shopping": "Waiting a day before buying what isn't urgent helps to keep this in check.",
    "Entertainment": "Cancelling a subscription you rarely use is an easy saving.",
    "Health & Wellness": "Check whether your insurance or employer covers part of this.",
    "Groceries": "Planning meals for the week and buying staples in bulk would save here.",
    "Bills & Fees": "Automatic payments avoid late fees, and some charges can be negotiated away.",
    "Travel": "Booking earlier and being flexible about days makes trips cheaper.",
    "Education": "Look for used books, shared courses or early-payment discounts.",
    "Other": "Giving these entries a category would show where the money goes.",
}


REFUND_TIP = "Check that every refund you are waiting for has arrived."


def write(settings: Settings, figures: dict[str, Any]) -> str:
    """The summary in prose; what Gemini writes is used only if every number in it is one of the figures."""
    template = from_template(figures)
    if not settings.uses_gemini or not figures["transaction_count"]:
        return template
    try:
        answer = gemini.generate(settings, INSTRUCTION, {"figures": facts(figures)}, SCHEMA, SECONDS)
    except gemini.GeminiError as error:
        log.warning("summary from the template: %s", error)
        return template
    text = answer.get("summary")
    return text.strip() if isinstance(text, str) and is_faithful(text.strip(), facts(figures)) else template


def facts(figures: dict[str, Any]) -> str:
    """The figures as lines of text, amounts as people write them."""
    lines = [
        f"From {figures['start_date']} to {figures['end_date']} (30 days).",
        f"Spent: {_amount(figures['total_spend'], figures)} in {figures['transaction_count']} transactions.",
        f"Spent in the 30 days before: {_amount(figures['previous_spend'], figures)}.",
        f"Income: {_amount(figures['income'], figures)}.",
    ]
    if figures["change_pct"] is not None:
        lines.append(f"Change: {figures['change_pct']:+g} %.")
    for part in figures["top_categories"]:
        lines.append(f"{part['category']}: {_amount(part['total'], figures)}, {part['share_pct']:g} % of the spending.")
    return "\n".join(lines)


def is_faithful(text: str, given: str) -> bool:
    """Whether prose is plain, of fitting length, and has no number that was not given."""
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    plain = is_clean(text) and not re.search(r"[<>]|https?:", text)
    return plain and 0 < len(text) <= LONGEST and sentences in SENTENCES and _numbers(text) <= _numbers(given)


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "").rstrip(".") for number in NUMBER.findall(text)}


def from_template(figures: dict[str, Any]) -> str:
    """Three or four sentences from templates."""
    if not figures["transaction_count"]:
        return (
            "You have recorded no spending in the last 30 days. Add your expenses as they happen, and this summary "
            "will show where your money goes."
        )
    top = figures["top_categories"][:2]
    sentences = _spent(figures, top) if top else _refunded(figures)
    if figures["income"]:
        sentences.append(f"Your income over the same days was {_amount(figures['income'], figures)}.")
    sentences.append(TIPS[top[0]["category"]] if top else REFUND_TIP)
    return " ".join(sentences)


def _spent(figures: dict[str, Any], top: list[dict[str, Any]]) -> list[str]:
    spent = f"In the last 30 days you spent {_amount(figures['total_spend'], figures)}"
    named = " and ".join(f"{part['category']} ({_amount(part['total'], figures)})" for part in top)
    return [
        f"{spent} in {_count(figures['transaction_count'])}{_comparison(figures)}.",
        f"Most of it went to {named}.",
    ]


def _refunded(figures: dict[str, Any]) -> list[str]:
    balance = _amount(figures["total_spend"], figures)
    return [
        f"In the last 30 days as much came back to you as you spent, or more: the balance is {balance}.",
        "No category took more than it gave back.",
    ]


def _comparison(figures: dict[str, Any]) -> str:
    change = figures["change_pct"]
    if change is None:
        return ""
    if change == 0:
        return ", the same as in the 30 days before"
    return f", {abs(change):g} % {'more' if change > 0 else 'less'} than in the 30 days before"


def _count(transactions: int) -> str:
    return "1 transaction" if transactions == 1 else f"{transactions} transactions"


def _amount(minor: int, figures: dict[str, Any]) -> str:
    return f"{to_decimal(minor, figures['currency']):,f} {figures['currency']}"
