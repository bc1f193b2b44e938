"""Bad input of every kind: a 4xx that names the field, nothing written, never a 500."""

import json
import tracemalloc
from typing import Any

import pytest
from flask import Flask

from tests.factories import Person, code, data, fields_at_fault, register
from tests.records import BUDGETS, MILK, TRANSACTIONS, count_of, send_raw
from tests.test_idempotency import next_month

BULK = f"{TRANSACTIONS}bulk"
WORDS = "null true false {} [] [5] NaN Infinity -Infinity"
NUMBERS = (
    "1e400 -1e400 1e99999999999999999999 1e-99999999999999999999 1e-400 0 -0 0.0 -5 10000000.01 10000001 1e15 1e308"
)
TOO_PRECISE = ("45.555", "45.5000001", f"0.{'0' * 5000}1")
DIGITS = ('"45.5"', '"5"', '""', '"NaN"')
NOT_AMOUNTS = (
    *WORDS.split(),
    *NUMBERS.split(),
    *TOO_PRECISE,
    *DIGITS,
    "9" * 41,
    "9" * 5000,
    f"-{'9' * 5000}",
    "1" * 10**5,
)
NOT_TEXTS = ("null", "true", "5", "4.5", "NaN", "[]", "{}", '["x"]', '{"$ne": null}')
NOT_SHOWABLE = (r'"a\u0000b"', r'"\u001b[31m"', r'"a\u007f"', r'"\u0085"', r'"\ud800"', r'"\udc00\ud800"', r'"a\rb"')
EMPTY = ('""', '"   "', r'"\n\t "')
NOT_DATES = (
    *NOT_TEXTS[1:],
    '"yesterday"',
    '"2026-02-30"',
    '"2026-2-1"',
    '"20260201"',
    '"2026-W05-7"',
    '"1769904000"',
    '"2026-02-01T24:00:00Z"',
    '"2026-02-01T10:60:00Z"',
    '"2026-02-01T10:00:00+25:00"',
    '"0001-01-01"',
    '"9999-12-31"',
    '"1969-12-31"',
    '"2101-01-01"',
    '"२०२६-०२-०१"',
    '"2026-02-01\\n2026-02-02"',
)
WRONG: dict[str, tuple[str, ...]] = {
    "amount": NOT_AMOUNTS,
    "category": (*NOT_TEXTS, *NOT_SHOWABLE, *EMPTY, '"Sweets"', '"groceries"'),
    "description": (*NOT_TEXTS, *NOT_SHOWABLE, *EMPTY, f'"{"x" * 501}"'),
    "type": (*NOT_TEXTS, *NOT_SHOWABLE, *EMPTY, '"gift"'),
    "currency": (*NOT_TEXTS[1:], *NOT_SHOWABLE, *EMPTY, '"RUPEE"', '"XXX"', '"₹"', '"IN"'),
    "date": NOT_DATES,
    "merchant": (*NOT_TEXTS[1:], *NOT_SHOWABLE, f'"{"x" * 201}"'),
    "notes": (*NOT_TEXTS[1:], *NOT_SHOWABLE, f'"{"x" * 2001}"'),
    "external_id": (*NOT_TEXTS[1:], *NOT_SHOWABLE, f'"{"x" * 201}"'),
    "tags": (
        "true",
        "5",
        '"a"',
        "{}",
        "[null]",
        "[5]",
        '[""]',
        '[["a"]]',
        r'["\u0000"]',
        f'["{"x" * 51}"]',
        '["a",' * 50 + '"a"' + "]" * 50,
        json.dumps(["a"] * 51),
    ),
    "items": (
        "true",
        "5",
        '"a"',
        "{}",
        "[null]",
        "[5]",
        "[[]]",
        "[{}]",
        '[{"name": "x", "quantity": NaN}]',
        '[{"name": "x", "unit_price": "5"}]',
        '[{"name": "x", "total_price": 1e400}]',
        '[{"name": "x", "quantity": true}]',
    ),
    "mode": (*NOT_TEXTS, *NOT_SHOWABLE, *EMPTY, '"Manual"'),
}
CASES = [(field, value) for field, values in WRONG.items() for value in values]


def with_field(body: dict[str, Any], field: str, raw: str) -> str:
    """The body as JSON text with one field as it is written here, valid or not."""
    return json.dumps({**body, field: "@"}).replace('"@"', raw)


def names(answer: Any, field: str) -> bool:
    return all(loc[:2] == ["body", field] for loc in fields_at_fault(answer))


def test_every_wrong_value_of_every_field_is_refused(person: Person) -> None:
    """One test for the whole table, so that it costs one account."""
    transaction = person.spend(5)
    path = f"{TRANSACTIONS}{transaction['_id']}"
    for field, raw in CASES:
        answer = send_raw(person, "POST", TRANSACTIONS, with_field(MILK, field, raw))
        assert answer.status_code == 422, (field, raw[:60], answer.text[:300])
        assert names(answer, field), (field, raw[:60], answer.text[:300])
        assert len(answer.data) < 3000, "what was sent is not repeated"
        changed = send_raw(person, "PATCH", path, with_field({}, field, raw))
        assert changed.status_code == 422, (field, raw[:60], changed.text[:300])
        assert names(changed, field), (field, raw[:60], changed.text[:300])
    assert count_of(person) == 1
    assert data(person.get(path)) == transaction


def test_the_same_in_bulk(person: Person) -> None:
    for field, raw in CASES:
        if raw in NOT_SHOWABLE or "\\u0000" in raw:  # the whole body is refused for these
            continue
        row = with_field(MILK, field, raw)
        answer = send_raw(person, "POST", BULK, f'{{"transactions": [{row}]}}')
        assert answer.status_code == 201, (field, raw[:60], answer.text[:300])
        (error,) = data(answer)["errors"]
        assert all(fault["loc"][:4] == ["body", "transactions", 0, field] for fault in error["details"]), (field, error)
    assert count_of(person) == 0


@pytest.mark.parametrize("field", ["limit", "alert_at", "month", "year"])
def test_numbers_of_a_budget(person: Person, field: str) -> None:
    for raw in [*NOT_AMOUNTS, "10000000000"]:
        answer = send_raw(person, "POST", BUDGETS, with_field(next_month(), field, raw))
        assert answer.status_code == 422, (field, raw[:60], answer.text[:300])
        assert names(answer, field), (field, raw[:60], answer.text[:300])
    assert count_of(person, "budgets") == 0


POSTS = (TRANSACTIONS, BULK, BUDGETS, "/api/auth/register", "/api/auth/login", "/api/auth/profile")


@pytest.fixture(scope="module")
def somebody(app: Flask) -> Person:
    """One person for all that is refused, as it changes nothing."""
    return register(app)


every_post = pytest.mark.parametrize("path", POSTS)


@every_post
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"nothing",
        b"{'amount': 5}",
        b'{"amount": 5,}',
        b'{"amount": 05}',
        b'{"amount": +5}',
        b'{"amount": .5}',
        b'{"amount": 0x10}',
        b'{"a": 1} {"b": 2}',
        b"\xff\xfe{}",
        b'{"description": "\xc3\x28"}',
        b'{"description": "caf\xe9"}',
        b"\x00\x01\x02",
        b"\x1f\x8b\x08\x00",
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 100_000,
        b'{"description": "a\nb"}',
    ],
    ids=lambda body: repr(body[:20]),
)
def test_an_unreadable_body_is_a_400(somebody: Person, path: str, body: bytes) -> None:
    answer = send_raw(somebody, "POST", path, body)
    assert (answer.status_code, code(answer)) == (400, "unreadable_body")
    assert "details" not in answer.json["data"]


@every_post
@pytest.mark.parametrize("body", ["[]", "5", "null", "true", '"text"', "NaN", '[{"amount": 5}]'])
def test_a_body_must_be_an_object(somebody: Person, path: str, body: str) -> None:
    assert fields_at_fault(send_raw(somebody, "POST", path, body)) == [["body"]]


@every_post
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type_is_a_415(somebody: Person, path: str, content_type: str) -> None:
    answer = somebody.request("POST", path, data=json.dumps(MILK), content_type=content_type)
    assert (answer.status_code, code(answer)) == (415, "unsupported_media_type")


@every_post
def test_a_mebibyte_is_the_most(somebody: Person, path: str) -> None:
    answer = send_raw(somebody, "POST", path, json.dumps({"padding": "x" * 1_153_434}))
    assert (answer.status_code, code(answer)) == (413, "body_too_large")
    just_fits = json.dumps({"padding": ""}).ljust(1024 * 1024)
    assert fields_at_fault(send_raw(somebody, "POST", path, just_fits))


@every_post
@pytest.mark.parametrize(
    "key", ["colour", "$where", "$ne", "a.b", "user_id", "_id", "__proto__", "", " amount", "AMOUNT", "é", "x" * 500]
)
def test_an_unknown_field_is_named(somebody: Person, path: str, key: str) -> None:
    answer = send_raw(somebody, "POST", path, json.dumps({key: {"$gt": ""}}))
    assert ["body", key] in [loc[-2:] if len(loc) > 2 else loc for loc in fields_at_fault(answer)]


@every_post
@pytest.mark.parametrize("key", [r"\u0000", r"a\u001b", r"\ud800", r"\udfff\ud800"])
def test_a_field_name_nobody_can_read_is_refused(somebody: Person, path: str, key: str) -> None:
    for body in (f'{{"{key}": 1}}', f'{{"settings": {{"{key}": 1}}}}', f'{{"items": [{{"{key}": [1]}}]}}'):
        answer = send_raw(somebody, "POST", path, body)
        assert answer.status_code == 422
        assert json.loads(answer.data)["data"]["code"] == "validation_error"


@every_post
def test_nesting_is_refused_where_nothing_nests(somebody: Person, path: str) -> None:
    for depth in (10, 200, 900):
        answer = send_raw(somebody, "POST", path, '{"category": ' + '{"a": [' * depth + "1" + "]}" * depth + "}")
        assert answer.status_code in (400, 422), (depth, answer.text[:200])


def test_a_field_given_twice_counts_as_the_last(somebody: Person) -> None:
    body = '{"amount": "x", "category": "Other", "description": "x", "amount": 7}'
    assert data(send_raw(somebody, "POST", TRANSACTIONS, body))["amount"] == 7


def test_text_of_every_script_is_kept(somebody: Person) -> None:
    for text in (
        "किराना ₹",
        "日本語テキスト",
        "🍜👩‍👩‍👧",
        "שלום",
        "a\u200bb",
        "e\u0301",
        "\U0010ffff",
        "<b>&amp;</b>",
        "'; DROP",
    ):
        body = json.dumps({**MILK, "description": text})
        assert data(send_raw(somebody, "POST", TRANSACTIONS, body))["description"] == text


def test_utf_8_with_a_byte_order_mark_is_read(somebody: Person) -> None:
    assert send_raw(somebody, "POST", TRANSACTIONS, b"\xef\xbb\xbf" + json.dumps(MILK).encode()).status_code == 201


QUERIES = [
    "?page=99999999999999999999",
    "?page=1000001",
    "?page=1e3",
    "?page=٣x",
    "?page=1&page=x",
    "?page=",
    "?search=%00",
    "?search=%ff%fe",
    "?search=%ed%a0%80",
    "?search=" + "(" * 200,
    "?search=" + "%EF%B7%BA" * 200,
    "?search=%0a%09",
    "?search[$ne]=1",
    "?category[]=Other",
    "?%00=1",
    "?=&=&&&;",
    "?tag=$where",
    "?start_date=2026-02-01T00:00:00+05:30",
    "?start_date[$gt]=1",
    "?month=2&year=1970",
    "?month=1&year=1970",
    "?month=12&year=2100",
    "?year=2100",
    "?min_amount=1e999",
    "?min_amount=0." + "0" * 390 + "1",
    "?max_amount=-0",
    "?max_amount=1e12&min_amount=-1e12",
    "?a=" + "b" * 5000,
    "?" + "&".join(f"p{index}=1" for index in range(1500)),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:30])
def test_no_query_is_a_500(somebody: Person, query: str) -> None:
    for path in (TRANSACTIONS, "/api/transactions/summary", "/api/transactions/history", BUDGETS, "/api/auth/sessions"):
        answer = somebody.request("GET", f"{path}{query}")
        assert answer.status_code in (200, 422), (path, query, answer.text)
        if answer.status_code == 422:
            assert fields_at_fault(answer)[0][0] == "query"


def test_methods_and_paths_that_are_not_there(somebody: Person) -> None:
    for method, path, status in (
        ("GET", "/nope", 404),
        ("GET", "/api", 404),
        ("GET", "/api/transactions/a/b/c", 404),
        ("PUT", TRANSACTIONS, 405),
        ("DELETE", BUDGETS, 405),
        ("PUT", "/api/budgets", 405),
        ("PATCH", "/health", 405),
        ("GET", BULK, 405),
        ("TRACE", TRANSACTIONS, 405),
        ("BREW", TRANSACTIONS, 405),
    ):
        answer = somebody.request(method, path)
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.json["status"] == "fail"
        assert answer.json["data"]["code"] == {404: "not_found", 405: "method_not_allowed"}[status]
        assert answer.json["data"]["message"] == answer.json["message"]
        assert ("Allow" in answer.headers) == (status == 405)


def test_a_megabyte_of_brackets_costs_no_more_than_reading_it(person: Person) -> None:
    body = '{"email": "a@b.co", "password": "x", "z": ' + "[" * 900 + ",".join("1" * 400_000) + "]" * 900 + "}"
    tracemalloc.start()
    try:
        answer = person.post("/api/auth/login", data=body, content_type="application/json")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 422
    assert fields_at_fault(answer)[0] == ["body", "z"]
    assert peak < 100 * 1024 * 1024


def test_in_bulk_a_control_character_refuses_its_own_row_alone(person: Person) -> None:
    good = {"amount": 5, "category": "Other", "description": "x"}
    answer = person.post("/api/transactions/bulk", {"transactions": [good, {**good, "description": "a\u0007b"}, good]})
    assert answer.status_code == 201
    body = data(answer)
    assert len(body["created"]) == 2
    assert [error["index"] for error in body["errors"]] == [1]
    assert body["errors"][0]["details"][0]["loc"] == ["body", "transactions", 1, "description"]


def test_a_flood_of_faults_is_named_in_part(person: Person) -> None:
    row = {"amount": 5, "category": "Other", "description": "x"}
    rows = [row] + [{"tags": [1] * 48, "items": [1] * 480} for _ in range(490)]
    for _ in range(2):
        answer = person.post("/api/transactions/bulk", {"transactions": rows}, headers={"Idempotency-Key": "flood"})
        assert answer.status_code == 201
        assert len(data(answer)["errors"]) == 490
    assert len(answer.data) < 8 * 1024 * 1024
    assert answer.headers["Idempotent-Replayed"] == "true"


def test_no_class_of_ours_is_named(person: Person) -> None:
    for items in ([5], {"a": 1}, [[]]):
        body = {"amount": 5, "category": "Other", "description": "x", "items": items}
        text = person.post("/api/transactions/", body).get_data(as_text=True)
        assert "Item" not in text
        assert "instance" not in text
