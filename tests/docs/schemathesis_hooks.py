"""How schemathesis signs in, and the rules JSON Schema can't state: docs/decisions/api-documentation.md lists both."""

import re
import uuid
from datetime import datetime
from typing import Any

import requests
import schemathesis

PASSWORD = "Correct-Horse-9"
AMOUNTS = {
    *("amount", "limit", "income", "unit_price", "total_price", "quantity"),
    *("total_amount", "subtotal", "tax", "tip", "discount"),
}
PASSWORDS = {"password", "current_password"}
# What a 422 to data that the document allows may say, and no other: each depends on more than its own field.
INEXPRESSIBLE = re.compile(
    r"[A-Z]{3} has (no|at most \d) decimals"
    r"|must be quantity × unit_price|would be 0 or more than 10,000,000"
    r"|must not be in the past|must be at most 12 months ahead"
    r"|must not be after end_date|must be (at most 366|less than 1830) days after start_date"
    r"|must have at most 72 bytes in UTF-8"
    r"|must be `start` or a next_cursor of a list in the same order"
)
# Ids that an Idempotency-Key handed out once more, and ids that were deleted: together, a 404 is right.
replayed: set[str] = set()
deleted: set[str] = set()
ANYTHING = re.compile(r"must not contain control characters|has a field name with control characters")


class Account:
    """Somebody signed in over HTTP."""

    def __init__(self, base: str) -> None:
        self.base = base
        email = f"{uuid.uuid4().hex}@example.com"
        for path in ("register", "login"):
            answer = requests.post(f"{base}/api/auth/{path}", json={"email": email, "password": PASSWORD}, timeout=10)
            answer.raise_for_status()
        self.tokens: dict[str, Any] = answer.json()["data"]

    def is_signed_in(self) -> bool:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return requests.get(f"{self.base}/api/auth/profile", headers=headers, timeout=10).ok


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """One account for as long as it lives: some operations sign it out, others erase it."""

    account: Account | None = None
    doubtful = True

    def get(self, case: schemathesis.Case, context: Any) -> dict[str, Any]:
        if self.account is None or (SignedIn.doubtful and not self.account.is_signed_in()):
            self.account = Account(context.operation.base_url.rstrip("/"))
        SignedIn.doubtful = False
        return self.account.tokens

    def set(self, case: schemathesis.Case, data: dict[str, Any], context: Any) -> None:
        schemes = [name for choice in case.operation.definition.raw["security"] for name in choice]
        kind = "refresh_token" if schemes == ["refreshAuth"] else "access_token"
        case.headers["Authorization"] = f"Bearer {data[kind]}"


@schemathesis.hook
def map_case(context: Any, case: schemathesis.Case) -> schemathesis.Case:
    """Make valid data keep the inexpressible rules too, so that it gets further than their refusal."""
    if case.meta is not None and case.meta.generation.mode.is_positive:
        if isinstance(case.body, dict):
            case.body = _keep_rules(case.body)
        if case.query:
            _in_order(case.query)
    return case


def _keep_rules(value: Any, name: str = "") -> Any:
    if isinstance(value, float) and name in AMOUNTS:
        return max(1, int(value))  # whole, as every currency allows
    if isinstance(value, str) and name in PASSWORDS:
        return value.encode("ascii", "replace").decode()  # as many bytes as characters
    if isinstance(value, list):
        return [_keep_rules(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _keep_rules(entry, key) for key, entry in value.items()}
    if kept.get("unit_price") and kept.get("quantity"):
        kept["quantity"], kept["total_price"] = 1, kept["unit_price"]
    if "limit" in kept and "year" in kept:
        now = datetime.now().astimezone()
        kept["year"] = now.year
        if kept.get("month"):
            kept["month"] = now.month
    return kept


def _in_order(query: dict[str, Any]) -> None:
    start, end = query.get("start_date"), query.get("end_date")
    if isinstance(start, str) and isinstance(end, str) and start[:10] > end[:10]:
        query["start_date"], query["end_date"] = end, start


@schemathesis.hook
def after_call(context: Any, case: schemathesis.Case, response: Any) -> None:
    """Remember what may have ended the session, what was deleted, and what a kept answer named again."""
    SignedIn.doubtful |= case.path.startswith("/api/auth/") or response.status_code == 401
    if case.method.upper() == "DELETE" and response.status_code == 200:
        deleted.update(map(str, case.path_parameters.values()))
    if "idempotent-replayed" in response.headers:
        made = response.json()["data"]
        replayed.update(value for name, value in made.items() if name == "_id")


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: schemathesis.Case, response: Any) -> bool:
    """Whether a failed check counts: not where all that was refused are inexpressible rules."""
    if type(failure).__name__ == "EnsureResourceAvailability":
        return not {*map(str, case.path_parameters.values())} & replayed & deleted
    if type(failure).__name__ != "RejectedPositiveData" or response.status_code != 422:
        return True
    messages = [fault["msg"] for fault in response.json()["data"]["details"]]
    excused = [INEXPRESSIBLE]
    if case.operation.definition.raw["operationId"] == "createTransactions":
        excused.append(ANYTHING)  # its entries may be anything, and a schema of clean anything would be recursive
    return not all(any(pattern.fullmatch(message) for pattern in excused) for message in messages)
