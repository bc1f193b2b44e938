"""`make demo`: a demo user with a year of data, made through the API of the stack that runs on PORT.

Run again, it adds what is missing, such as the days since: nothing is doubled, nothing a person
changed is touched.
"""

import sys
import time
from collections.abc import Iterator
from typing import Any

import requests

from app.core import clock
from config import ConfigurationError, load_settings
from dev import demo_plan

EMAIL = "demo@example.com"
PASSWORD = "Demo-Year-365"  # noqa: S105 -- known to all: for development alone
BATCH = 200
PAGE = 100
TIMEOUT_SECONDS = 30
POLL_SECONDS = 0.5
SETTLED_SECONDS = 40.0  # the AI answers within 25 s
Data = dict[str, Any]


class DemoError(RuntimeError):
    """The demo data can't be made; the message is for the person who asked for it."""


class Api:
    """The API of the stack on this machine, used as the demo user once signed in."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy between this machine and itself

    def call(self, method: str, path: str, body: Data | None = None, *, but: tuple[int, ...] = ()) -> Any:
        """The `data` of an answer; None for a failure with one of the statuses `but`.

        Raises:
            DemoError: any other failure, or nobody answers.
        """
        try:
            answer = self._session.request(method, f"{self.address}{path}", json=body, timeout=TIMEOUT_SECONDS)
            envelope = answer.json()
        except (requests.ConnectionError, requests.Timeout):
            raise DemoError(f"Nothing answers on {self.address}. Start the stack first: make run") from None
        except requests.JSONDecodeError:
            raise DemoError(f"What answers on {self.address} is not FinSight.") from None
        if answer.status_code in but:
            return None
        if not answer.ok or "data" not in envelope:
            raise DemoError(f"{method} {path}: {answer.status_code} {envelope.get('message', '')}")
        return envelope["data"]

    def sign_in(self) -> bool:
        """Whether the demo user exists and is signed in now."""
        tokens = self.call("POST", "/api/auth/login", {"email": EMAIL, "password": PASSWORD}, but=(401,))
        if tokens:
            self._session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return bool(tokens)


def enter(api: Api) -> None:
    """Sign the demo user in, registered first where there is none."""
    if api.sign_in():
        return
    user = {name: demo_plan.DATA["user"][name] for name in ("first_name", "last_name", "currency", "timezone")}
    registered = api.call("POST", "/api/auth/register", {"email": EMAIL, "password": PASSWORD, **user}, but=(409,))
    if not registered or not api.sign_in():
        raise DemoError(
            f"There is a {EMAIL} with another password. Change it back to {PASSWORD}, or erase the account."
        )
    api.call("POST", "/api/auth/profile", {"income": demo_plan.DATA["user"]["income"]})


def stored(api: Api) -> Iterator[Data]:
    """Every transaction the demo user has."""
    page, more = 1, True
    while more:
        answer = api.call("GET", f"/api/transactions/?sort_order=asc&limit={PAGE}&page={page}")
        yield from answer["transactions"]
        page, more = page + 1, answer["pagination"]["has_more"]


def record(api: Api, there: list[Data]) -> int:
    """Record the planned transactions that are not there yet; how many were new."""
    known = {transaction["external_id"] for transaction in there}
    now = clock.now().astimezone(clock.zone(demo_plan.DATA["user"]["timezone"])).replace(tzinfo=None)
    missing = [entry for entry in demo_plan.transactions(now) if entry["external_id"] not in known]
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        answer = api.call("POST", "/api/transactions/bulk", {"transactions": batch})
        if answer["errors"]:
            raise DemoError(f"The API refused a transaction: {answer['errors'][0]}")
        print(f"  {start + len(batch)} of {len(missing)} transactions", flush=True)
    return len(missing)


def plan_budgets(api: Api) -> int:
    """Set the budgets of this month and year that don't exist; how many were new."""
    today = clock.today(demo_plan.DATA["user"]["timezone"])
    made = 0
    for budget in demo_plan.DATA["budgets"]:
        period = (
            {"year": today.year} if budget.get("period") == "yearly" else {"year": today.year, "month": today.month}
        )
        made += api.call("POST", "/api/budgets/", {**budget, **period}, but=(409,)) is not None
    return made


def tell(api: Api, there: list[Data]) -> list[Data]:
    """Enter the sentences that are not there yet and wait for the AI; where each stands in the end."""
    known = {transaction["text"] for transaction in there}
    new = [sentence for sentence in demo_plan.DATA["ai"]["sentences"] if sentence not in known]
    ids = [api.call("POST", "/api/transactions/", {"mode": "ai", "text": sentence})["_id"] for sentence in new]
    if ids:
        print(f"  {len(ids)} sentences are with the AI", flush=True)
    deadline = time.monotonic() + SETTLED_SECONDS
    return [settled(api, transaction_id, deadline) for transaction_id in ids]


def settled(api: Api, transaction_id: str, deadline: float) -> Data:
    """Where an AI entry stands once it is no longer processing, or at the deadline (monotonic seconds)."""
    while True:
        status: Data = api.call("GET", f"/api/transactions/{transaction_id}/status")
        if status["status"] != "processing" or time.monotonic() > deadline:
            return status
        time.sleep(POLL_SECONDS)


def fill(api: Api) -> None:
    """Make everything and say what was made."""
    print(f"Filling {EMAIL} on {api.address}", flush=True)
    enter(api)
    there = list(stored(api))
    recorded, budgets, told = record(api, there), plan_budgets(api), tell(api, there)
    read = sum(status["status"] == "completed" for status in told)
    print(
        f"New: {recorded} transactions, {budgets} budgets, {len(told)} AI entries ({read} of them read).\n"
        f"In all: {len(there) + recorded + len(told)} transactions.\n\n"
        f"  e-mail    {EMAIL}\n  password  {PASSWORD}\n  docs      {api.address}/api/docs"
    )


def main() -> int:
    """Fill the demo user; the exit code: 1 when that can't be done."""
    try:
        settings = load_settings()
        if settings.FLASK_ENV == "production":
            raise DemoError("The demo user's password is known to all: production gets none.")
        fill(Api(settings.PORT))
    except (DemoError, ConfigurationError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
