"""Every query's filter is made of typed values, read from the code: nothing a client sent reaches MongoDB as it came.

Two rules carry this. Where MongoDB is asked, a filter is written out: names are constants, values are constants or
parameters of a plain type, and a dict from elsewhere is a Condition or a Pipeline. Where one of those two is made,
all that goes in has a plain type or is a checked query string. The type checker sees to what lies between.
"""

import ast
import inspect
import re
import types
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from bson import ObjectId
from typing_extensions import TypeAliasType

from app.core import conditions
from app.core.types import Query
from tests.test_architecture import Function, functions, modules

PLAIN = (ObjectId, str, int, bool, datetime, date, timedelta, Decimal, type(None))
TYPED = ("Condition", "Pipeline")
LEASES = "app.core.leases"  # makes Conditions for several repositories
ASKING = {
    *("find", "find_one", "find_one_and_update", "find_one_and_replace", "find_one_and_delete", "find_raw_batches"),
    *("update_one", "update_many", "replace_one", "delete_one", "delete_many", "count_documents", "aggregate"),
    *("distinct", "bulk_write", "watch", "list_collection_names", "list_collections"),
}  # fmt: skip
COLLECTION = re.compile(r"(mongo\.db(\.\w+|\[.+\])?|collection)\.(\w+)")
# What no filter can be seen to be typed in, and why it is all the same.
THEIR_OWN = {
    ("app.transactions.repository", "insert_many"): "the ids of documents that the service has just made",
    ("app.core.idempotency", "insert_once"): "the id and the owner of a document that a service has just made",
    ("app.core.idempotency", "_run"): "the id of its own record",
    ("app.core.idempotency", "_begin"): "the user's id and the key, which is a header and so a text",
    ("app.core.idempotency", "_judge"): "id, state and time of its own record",
    ("app.core.idempotency", "_release"): "id and time of its own record",
}
IDS = {"'_id'", "'user_id'"}
READING = re.compile(r"request\.(args|json|form|values|files|data|view_args|get_json|get_data|stream|query_string)")
READERS = {
    "app.core.body": "reads",
    "app.core.uploads": "reads",
    "app.core.contract": "has it checked by the schemas",
    "app.auth.limits": "counts by a name, as text",
    "app.core.idempotency": "compares a digest",
    "app.core.caching": "compares a digest",
}


def is_plain(hint: Any) -> bool:  # noqa: PLR0911 -- one line for each kind of type
    """Whether a value of this type can hold no operator: a scalar, or lists and records of scalars."""
    if isinstance(hint, TypeAliasType):
        return is_plain(hint.__value__)
    if isinstance(hint, NewType):
        return hint.__name__ in TYPED
    origin = get_origin(hint)
    if origin is Annotated:
        return is_plain(get_args(hint)[0])
    if origin is Literal:
        return all(isinstance(value, PLAIN) for value in get_args(hint))
    if origin in (Union, types.UnionType, list, tuple, set, frozenset):
        return all(part is ... or is_plain(part) for part in get_args(hint))
    if is_typeddict(hint):
        return True  # its fields are named and typed, whatever else is stored beside them
    if not isinstance(hint, type) or issubclass(hint, Query):
        return isinstance(hint, type) and all(is_plain(field.annotation) for field in hint.model_fields.values())
    return hint in PLAIN or hint is type or issubclass(hint, Enum)


def hints(name: str, function: Function) -> dict[str, Any]:
    """The types of a function's parameters as Python sees them, and what the functions beside it and LEASES return."""
    module = import_module(name)
    beside = {other: get_type_hints(inspect.unwrap(value)).get("return") for other, value in vars(module).items()
              if inspect.isfunction(value) and value.__module__ in (name, LEASES)}  # fmt: skip
    for owner in (module, *(value for value in vars(module).values() if inspect.isclass(value))):
        found = inspect.unwrap(vars(owner).get(function.name) or (lambda: None))
        if getattr(found, "__code__", None) and found.__code__.co_firstlineno in lines_of(function):
            known = get_type_hints(found, include_extras=True)
            return {**beside, **known, **({"self": owner} if inspect.isclass(owner) else {})}
    return beside


def lines_of(function: Function) -> range:
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return range(first, function.body[0].lineno + 1)


def parameters(function: Function) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def assigned(function: Function) -> dict[str, list[ast.expr | None]]:
    """What the names of a function are given, and what is put into them."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                into = target.value if isinstance(target, ast.Subscript | ast.Attribute) else target
                given.setdefault(ast.unparse(into), []).append(node.value)
    return given


class Filter:
    """The judge of one function's filters."""

    def __init__(self, function: Function, types: dict[str, Any]) -> None:
        self.types = types
        self.parameters = set(parameters(function))
        self.given = assigned(function)

    def is_typed(self, part: ast.expr | None) -> bool:  # noqa: PLR0911 -- one line for each kind of expression
        match part:
            case ast.Constant():
                return True
            case ast.Dict(keys, values):
                return all(map(self.is_name, keys)) and all(map(self.is_typed, values))
            case ast.List(parts) | ast.Tuple(parts):
                return all(map(self.is_typed, parts))
            case ast.Starred(value):
                return self.is_typed(value)
            case ast.BinOp(left, _, right):
                return self.is_typed(left) and self.is_typed(right)
            case ast.Subscript(value):  # of a Pipeline or a TypedDict, not of just any dict
                return used(value) <= self.parameters and self.is_typed(value)
            case ast.Name(name):
                return self.is_known(name)
            case ast.Call(called, arguments):
                return self.is_made_by(ast.unparse(called), arguments) or are_ids(part)
            case ast.Attribute():
                return bool(re.fullmatch(r"[A-Z]\w*\.[A-Z_]+(\.value)?", ast.unparse(part)))
        return False

    def is_name(self, key: ast.expr | None) -> bool:
        return key is None or isinstance(key, ast.Constant)

    def is_known(self, name: str) -> bool:
        if name in self.given:
            return all(map(self.is_typed, self.given[name]))
        if name in self.parameters:
            return name in self.types and is_plain(self.types[name])
        return name.isupper()

    def is_made_by(self, called: str, arguments: list[ast.expr]) -> bool:
        if called in ("clock.now", "ObjectId"):
            return True
        return called in TYPED or (is_plain(self.types.get(called)) and all(map(self.is_typed, arguments)))


def are_ids(call: ast.Call) -> bool:
    """Whether a call asks MongoDB for nothing but an id and an owner; its filter is judged like every other."""
    match call:
        case ast.Call(called, [_, ast.Dict(keys)]):
            return ast.unparse(called).endswith(".find_one") and {ast.unparse(key) for key in keys if key} <= IDS
    return False


def asked(function: Function) -> Iterator[ast.expr | None]:
    """The filters of a function's queries."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and (match := COLLECTION.fullmatch(ast.unparse(node.func)))
            and match[3] in ASKING
        ):
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("filter", "pipeline")]
            yield (node.args or named or [None])[0]


def untyped(function: Function, types: dict[str, Any]) -> list[str]:
    """The filters of a function that hold anything but typed values."""
    judge = Filter(function, types)
    return [ast.unparse(part) if part else "nothing" for part in asked(function) if part and not judge.is_typed(part)]


def unsound(function: Function, types: dict[str, Any]) -> list[str]:
    """Why a Condition or a Pipeline that a function makes may hold anything but typed values."""
    made = [node for node in ast.walk(function) if isinstance(node, ast.Call) and ast.unparse(node.func) in TYPED]
    judge = Filter(function, types)
    if all(judge.is_typed(argument) for node in made for argument in node.args):
        return []
    names = set(parameters(function))
    loose = [name for name in names if name not in types or not is_plain(types[name])]
    keys = [key for node in ast.walk(function) if isinstance(node, ast.Dict) for key in node.keys if key is not None]
    keys += [node.slice for node in ast.walk(function) if isinstance(node, ast.Subscript) and is_stored(node)]
    return loose + [ast.unparse(key) for key in keys if not isinstance(key, ast.Constant) and names & used(key)]


def is_stored(node: ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Store)


def used(expression: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}


def judged() -> Iterator[tuple[str, Function]]:
    """Every function of the application, once."""
    for name in modules():
        yield from ((name, function) for function in functions(name))


def test_every_filter_holds_typed_values_only() -> None:
    queries, exempt = 0, set()
    for name, function in judged():
        filters = list(asked(function))
        queries += len(filters)
        faults = untyped(function, hints(name, function)) if filters else []
        if faults and (name, function.name) in THEIR_OWN:
            exempt.add((name, function.name))
            continue
        assert not faults, (name, function.name, faults)
    assert queries > 40
    assert exempt == set(THEIR_OWN), "an exemption that nothing needs any more"


def test_conditions_are_made_of_typed_values_only() -> None:
    makers = 0
    for name, function in judged():
        if any(ast.unparse(node.func) in TYPED for node in ast.walk(function) if isinstance(node, ast.Call)):
            makers += 1
            assert not unsound(function, hints(name, function)), (name, function.name)
    assert makers >= 8
    assert {NewType, NewType} == {type(conditions.Condition), type(conditions.Pipeline)}


def test_what_a_client_sent_is_read_in_few_places() -> None:
    for name, tree in modules().items():
        uses = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)}
        reading = {entry for entry in uses if READING.match(entry) or entry in ("json_object", "present_arguments")}
        assert not reading or name in READERS, (name, reading)


# A word of letters, digits and underscores, escaped and anchored at its beginning: that is a range of an index, and
# nothing in it can be made to take long.
BEGINNINGS = "app.receipts.pipelines"


def test_no_operator_runs_code_or_expressions_of_ours() -> None:
    for name, tree in modules().items():
        constants = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) is str
        }
        assert not constants & {"$where", "$function", "$accumulator", "$text", "$jsonSchema"}, name
        assert ("$regex" in constants) == (name == BEGINNINGS), name
        assert "$expr" not in constants or name in ("app.transactions.pipelines", "app.core.conditions"), name


def function_of(text: str) -> Function:
    (found,) = ast.parse(text).body
    assert isinstance(found, ast.FunctionDef)
    return found


TYPES = {"owner": ObjectId, "name": str, "body": dict[str, Any], "anything": Any, "condition": conditions.Condition}


@pytest.mark.parametrize(
    "written",
    [
        'mongo.db.things.find_one({"_id": body["id"]})',
        'mongo.db.things.find_one({"_id": body["a"]["b"]})',
        'mongo.db.things.find_one({"name": anything})',
        'mongo.db.things.find_one({"name": _found(body)})',
        'mongo.db.things.find_one({"name": unknown})',
        "mongo.db.things.find(body)",
        "mongo.db.things.find(filter=body)",
        'mongo.db.things.find({**body, "user_id": owner})',
        'mongo.db.things.count_documents({name: 1, "user_id": owner})',
        'mongo.db.things.update_one({"name": request.json["name"]}, {})',
        'mongo.db.things.delete_many({"name": {"$in": [body]}})',
        'mongo.db.things.aggregate([{"$match": body}])',
        'mongo.db["things"].find_one({"name": getattr(body, "name")})',
        'found = mongo.db.things.find_one({"_id": owner})\n    mongo.db.things.find_one({**found})',
        'found = mongo.db.things.find_one({"_id": owner}, {"name": 1})\n    mongo.db.things.find_one({**found})',
        "wanted: Document = body\n    mongo.db.things.find_one(wanted)",
        'wanted = {"user_id": owner}\n    wanted["name"] = body\n    mongo.db.things.find_one(wanted)',
        "wanted = anything if name else {}\n    mongo.db.things.find_one(wanted)",
    ],
)
def test_a_filter_of_something_else_would_be_found(written: str) -> None:
    assert untyped(function_of(f"def ask(owner, name, body, anything, condition):\n    {written}"), TYPES)


@pytest.mark.parametrize(
    "written",
    [
        'mongo.db.things.find_one({"_id": owner, "name": {"$eq": name, **IS_TEXT}})',
        'mongo.db.things.find({**condition, "user_id": owner})',
        'mongo.db.things.find({"at": {"$lt": clock.now() - LONGEST}, "status": Status.DONE.value})',
        'wanted = {"user_id": owner, "name": name}\n    mongo.db.things.find_one(wanted)',
        'found = mongo.db.things.find_one({"_id": owner}, {"user_id": 1})\n    mongo.db.things.find_one({**found})',
    ],
)
def test_a_typed_filter_passes(written: str) -> None:
    assert not untyped(function_of(f"def ask(owner, name, body, anything, condition):\n    {written}"), TYPES)


@pytest.mark.parametrize(
    "text",
    [
        "def make(body):\n    return Condition(body)",
        "def make(anything):\n    return Condition({'name': anything})",
        "def make(owner, name):\n    return Condition({'user_id': owner, name: 1})",
        "def make(owner, name):\n    wanted = make_up()\n    wanted[name] = 1\n    return Condition(wanted)",
        "def make(untold):\n    return Pipeline([{'$match': untold}])",
    ],
)
def test_a_condition_of_something_else_would_be_found(text: str) -> None:
    assert unsound(function_of(text), TYPES)


class Loose(Query):
    """A query string with a hole."""

    name: str
    rest: dict[str, str] | None = None


@pytest.mark.parametrize(("hint", "plain"), [
    (str, True), (ObjectId | None, True), (list[str], True), (Literal["a"], True), (dict, False), (Any, False),
    (dict[str, Any], False), (list[Any], False), (object, False), (str | dict[str, str], False), (Query, True),
    (Loose, False), (None, False),
])  # fmt: skip
def test_what_counts_as_plain(hint: Any, plain: bool) -> None:
    assert is_plain(hint) == plain
