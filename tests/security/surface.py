"""What an attacker can reach: every route with its fields, read from the contracts themselves."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from bson import ObjectId
from flask import Flask
from pydantic import TypeAdapter

from app.core.contract import Contract
from app.extensions import mongo
from tests.exports.records import made, path_of
from tests.factories import Person, data, register
from tests.files import filed, link_to
from tests.imports.files import CSV, imported
from tests.receipts.records import IMAGE, known_receipt
from tests.records import BUDGETS
from tests.test_idempotency import next_month
from tests.test_ownership import METHODS

Schema = dict[str, Any]


class Route(NamedTuple):
    """One method of one path."""

    method: str
    path: str
    contract: Contract

    @property
    def takes_id(self) -> bool:
        return "<" in self.path

    def at(self, object_id: str) -> str:
        """The path with an id, or anything else, in its place."""
        return re.sub(r"<[^>]+>", lambda _: object_id, self.path)

    def examples(self) -> list[Schema]:
        """A body of each form that is valid by its documentation."""
        assert self.contract.body
        return [deepcopy(form["examples"][0]) for form in forms(self.contract.body.json_schema())]

    def body_fields(self) -> set[str]:
        return properties(self.contract.body)

    def query_fields(self) -> set[str]:
        return properties(self.contract.query)


def forms(schema: Schema) -> Iterator[Schema]:
    """The object schemas that a schema is, or is a choice of."""

    def found(part: Schema) -> Iterator[Schema]:
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
        if "properties" in part:
            yield part
        else:
            for choice in (*part.get("oneOf", ()), *part.get("anyOf", ())):
                yield from found(choice)

    return found(schema)


def properties(adapter: TypeAdapter[Any] | None) -> set[str]:
    """The names that a body or a query string may have, in any of its forms."""
    return {name for form in forms(adapter.json_schema()) for name in form["properties"]} if adapter else set()


def routes(app: Flask) -> list[Route]:
    """All that have a contract, which another test demands of every one."""
    found = []
    for rule in app.url_map.iter_rules():
        contract = getattr(app.view_functions[rule.endpoint], "contract", None)
        if contract is not None:
            found += [Route(method, rule.rule, contract) for method in sorted((rule.methods or set()) & METHODS)]
    return found


def attacker(app: Flask) -> tuple[Person, dict[str, str]]:
    """Somebody with one object of each kind, and the path of each by the argument it stands for."""
    person = register(app)
    budget = data(person.post(BUDGETS, next_month()))
    summary = data(person.post("/api/ai/summary"))
    (session,) = data(person.get("/api/auth/sessions"))["sessions"]
    ids = {
        "transaction_id": person.spend(5)["_id"],
        "receipt_id": known_receipt(person, image_base64=IMAGE)["_id"],
        "budget_id": budget["_id"],
        "task_id": summary["task_id"],
        "session_id": session["_id"],
        "import_id": imported(person, CSV)["import_id"],
        "token": link_to(person, filed(person)).rpartition("/")[2],
        "link": path_of(made(person)).rpartition("/")[2],
    }
    return person, ids


def own_id(route: Route, ids: dict[str, str]) -> str:
    """The attacker's own object that the route is about; anything where it is about none."""
    (argument,) = re.findall(r"<(?:\w+:)?(\w+)>", route.path) or [""]
    return ids.get(argument, "-")


def account(person: Person) -> Schema:
    """A person's account as it is stored, without when it was last looked at."""
    document = mongo.db.users.find_one({"_id": ObjectId(person.profile["_id"])})
    assert document is not None
    return {name: value for name, value in document.items() if name not in ("last_login", "updated_at")}
