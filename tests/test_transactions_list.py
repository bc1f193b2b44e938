"""The list of transactions: filters, order, pages."""

from typing import Any

import pytest
from bson import DatetimeMS, ObjectId

from app.extensions import mongo
from tests.factories import Person, data, fields_at_fault
from tests.records import TRANSACTIONS, failed_sentence, sentence

Found = list[str]


def descriptions(person: Person, **query: Any) -> Found:
    return [transaction["description"] for transaction in data(person.get(TRANSACTIONS, **query))["transactions"]]


def spend_all(person: Person, rows: dict[str, dict[str, Any]]) -> None:
    for description, fields in rows.items():
        person.spend(fields.pop("amount", 1), description=description, **fields)


@pytest.fixture
def noise(stranger: Person) -> Person:
    """Somebody else's rows that would match every filter."""
    for _ in range(3):
        stranger.spend(150, "Food & Dining", description="noise chai", merchant="noise", tags=["work"])
    return stranger


def test_nothing_is_an_empty_page(person: Person, noise: Person) -> None:
    assert data(person.get(TRANSACTIONS)) == {
        "transactions": [],
        "pagination": {"page": 1, "limit": 50, "total": 0, "pages": 0, "has_more": False},
    }


def test_the_latest_come_first(person: Person, noise: Person) -> None:
    spend_all(
        person, {"second": {"date": "2026-02-02"}, "first": {"date": "2026-02-01"}, "third": {"date": "2026-03-01"}}
    )
    assert descriptions(person) == ["third", "second", "first"]
    assert descriptions(person, sort_by="date", sort_order="asc") == ["first", "second", "third"]


def test_by_amount_the_number_shown_counts(person: Person) -> None:
    spend_all(
        person,
        {
            "yen": {"amount": 150, "currency": "JPY"},
            "rupees": {"amount": 149.99},
            "dinars": {"amount": 150.001, "currency": "KWD"},
        },
    )
    assert descriptions(person, sort_by="amount") == ["dinars", "yen", "rupees"]
    assert descriptions(person, sort_by="amount", sort_order="asc") == ["rupees", "yen", "dinars"]


@pytest.mark.parametrize("sort_by", ["date", "amount"])
@pytest.mark.parametrize("sort_order", ["asc", "desc"])
def test_ties_break_on_the_id_over_pages(person: Person, sort_by: str, sort_order: str) -> None:
    ids = [person.spend(5, date="2026-02-01")["_id"] for _ in range(7)]
    seen: list[str] = []
    for page in (1, 2, 3):
        answer = data(person.get(TRANSACTIONS, page=page, limit=3, sort_by=sort_by, sort_order=sort_order))
        seen += [transaction["_id"] for transaction in answer["transactions"]]
        assert answer["pagination"] == {"page": page, "limit": 3, "total": 7, "pages": 3, "has_more": page < 3}
    assert seen == sorted(ids, reverse=sort_order == "desc")


def test_a_page_behind_the_last_is_empty(person: Person) -> None:
    person.spend(1)
    answer = data(person.get(TRANSACTIONS, page=1_000_000, limit=100))
    assert answer["transactions"] == []
    assert answer["pagination"] == {"page": 1_000_000, "limit": 100, "total": 1, "pages": 1, "has_more": False}


@pytest.mark.parametrize("limit", ["100", "101", "5000", "99999999999999999999"])
def test_over_a_hundred_is_served_as_a_hundred(person: Person, limit: str) -> None:
    assert data(person.get(TRANSACTIONS, limit=limit))["pagination"]["limit"] == 100


def test_search_finds_parts_in_any_case(person: Person, noise: Person) -> None:
    spend_all(
        person,
        {
            "Masala CHAI": {},
            "tea": {"merchant": "Chai Point"},
            "breakfast": {"notes": "with\nchai and toast"},
            "STRASSE": {"notes": "groß"},
            "coffee": {"tags": ["chai"]},
        },
    )
    assert set(descriptions(person, search="chai")) == {"Masala CHAI", "tea", "breakfast"}
    assert descriptions(person, search="  aLA cH ") == ["Masala CHAI"]
    assert descriptions(person, search="straße") == ["STRASSE"]
    assert descriptions(person, search="GROSS") == ["STRASSE"]
    assert descriptions(person, search="latte") == []


@pytest.mark.parametrize(
    "text",
    ["a(b", "[x]*", "50% off", r"C:\temp", "(.*)", "^$", "a|b", "?", "+1", "{2}", "it's", "$ne", '"', "#1", "//"],
)
def test_search_text_is_never_a_pattern(person: Person, text: str) -> None:
    spend_all(person, {f"before {text} after": {}, "something else": {}})
    assert descriptions(person, search=text) == [f"before {text} after"]


def test_search_follows_a_change(person: Person) -> None:
    transaction = person.spend(1, description="tea", merchant="Chai Point")
    person.patch(f"{TRANSACTIONS}{transaction['_id']}", {"merchant": None, "notes": "Teapot"})
    assert descriptions(person, search="chai") == []
    assert descriptions(person, search="teapot") == ["tea"]


def test_each_filter(person: Person, noise: Person) -> None:
    spend_all(
        person,
        {
            "salary": {"amount": 85000, "type": "income"},
            "return": {"amount": 20, "type": "refund", "category": "Shopping"},
            "lunch": {"amount": 150, "category": "Food & Dining", "tags": ["work", "team"]},
        },
    )
    failed, processing = failed_sentence(person), sentence(person, "still being read")
    assert descriptions(person, type="income") == ["salary"]
    assert descriptions(person, category="Shopping") == ["return"]
    assert descriptions(person, category="Food & Dining", type="expense") == ["lunch"]
    assert descriptions(person, tag="team") == ["lunch"]
    assert descriptions(person, tag="tea") == []
    assert descriptions(person, status="failed") == [failed["description"]]
    assert descriptions(person, status="processing") == [processing["description"]]
    assert set(descriptions(person, status="completed")) == {"salary", "return", "lunch"}


def test_amounts_are_inclusive_in_any_currency(person: Person) -> None:
    spend_all(
        person,
        {
            "just under": {"amount": 99.99},
            "from": {"amount": 100},
            "yen": {"amount": 150, "currency": "JPY"},
            "to": {"amount": 200, "currency": "KWD"},
            "just over": {"amount": 200.001, "currency": "KWD"},
        },
    )
    assert set(descriptions(person, min_amount="100", max_amount="200")) == {"from", "yen", "to"}
    assert set(descriptions(person, min_amount="99.99", max_amount="100.00")) == {"just under", "from"}
    assert descriptions(person, min_amount="200.0001") == ["just over"]
    assert descriptions(person, max_amount="99.98999") == []
    assert descriptions(person, min_amount="200", max_amount="100") == []
    assert len(descriptions(person, min_amount="-5")) == 5


@pytest.mark.parametrize("bound", ["999999999999.999999", "-999999999999.999999", "999999999999"])
def test_far_away_bounds_are_only_bounds(person: Person, bound: str) -> None:
    person.spend(1)
    for name in ("min_amount", "max_amount"):
        is_inside = bound.startswith("-") == (name == "min_amount")
        assert len(descriptions(person, **{name: bound})) == is_inside


def test_a_day_covers_the_whole_local_day(person: Person) -> None:
    spend_all(
        person,
        {
            "day before": {"date": "2026-01-31T23:59:59.999+05:30"},
            "first moment": {"date": "2026-02-01T00:00:00+05:30"},
            "last moment": {"date": "2026-02-02T23:59:59.999+05:30"},
            "day after": {"date": "2026-02-03T00:00:00+05:30"},
        },
    )
    assert descriptions(person, start_date="2026-02-01", end_date="2026-02-02") == ["last moment", "first moment"]
    assert descriptions(person, start_date="2026-02-03") == ["day after"]
    assert descriptions(person, end_date="2026-01-31") == ["day before"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Pacific/Pago_Pago"])
def test_a_day_is_the_users_own(people: Any, zone: str) -> None:
    person = people(timezone=zone)
    spend_all(
        person,
        {
            "first moment": {"date": "2026-02-01T00:00:00"},
            "last moment": {"date": "2026-02-01T23:59:59.999"},
            "day after": {"date": "2026-02-02T00:00:00"},
        },
    )
    assert descriptions(person, start_date="2026-02-01", end_date="2026-02-01") == ["last moment", "first moment"]


def test_days_stay_where_they_were_written(person: Person) -> None:
    person.spend(1, description="late", date="2026-02-01T00:30:00")
    assert person.patch("/api/auth/profile", {"timezone": "America/Los_Angeles"}).status_code == 200
    assert descriptions(person, start_date="2026-02-01", end_date="2026-02-01") == ["late"]


def test_instants_are_inclusive_to_the_millisecond(person: Person) -> None:
    spend_all(
        person,
        {"one": {"date": "2026-02-01T06:30:00.001Z"}, "two": {"date": "2026-02-01T06:30:00.002Z"}},
    )
    edge = "2026-02-01T06:30:00.00{}Z"
    assert descriptions(person, start_date=edge.format(1), end_date=edge.format(1)) == ["one"]
    assert descriptions(person, start_date=edge.format(2)) == ["two"]
    assert descriptions(person, end_date="2026-02-01T06:30:00Z") == []
    assert descriptions(person, start_date="2026-02-01T00:00:00Z", end_date="2026-02-01T23:00:00Z") == ["two", "one"]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "1.5"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "9" * 5000}, "page"),
        ({"limit": "0"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"category": "Sweets"}, "category"),
        ({"category": "food & dining"}, "category"),
        ({"type": "gift"}, "type"),
        ({"status": "done"}, "status"),
        ({"sort_by": "merchant"}, "sort_by"),
        ({"sort_order": "up"}, "sort_order"),
        ({"min_amount": "NaN"}, "min_amount"),
        ({"min_amount": "Infinity"}, "min_amount"),
        ({"max_amount": "1e400"}, "max_amount"),
        ({"max_amount": "ten"}, "max_amount"),
        ({"max_amount": "999999999999999"}, "max_amount"),
        ({"max_amount": "१२"}, "max_amount"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"start_date": "2026-13-01"}, "start_date"),
        ({"start_date": "1969-12-31"}, "start_date"),
        ({"end_date": "2101-01-01"}, "end_date"),
        ({"end_date": "2026-02-01T25:00:00Z"}, "end_date"),
        ({"end_date": "2026-02-01T10:00:00+99:99"}, "end_date"),
        ({"end_date": "20260201"}, "end_date"),
        ({"end_date": "1767225600"}, "end_date"),
        ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, "start_date"),
        ({"start_date": "2026-02-01T10:00:00Z", "end_date": "2026-02-01T09:59:59Z"}, "start_date"),
        ({"start_date": "2026-02-02", "end_date": "2026-02-01T18:29:59Z"}, "start_date"),
        ({"search": "x" * 201}, "search"),
        ({"search": "a\x00b"}, "search"),
        ({"tag": "x" * 51}, "tag"),
    ],
)
def test_an_invalid_parameter_is_named(person: Person, query: dict[str, str], fault: str) -> None:
    assert fields_at_fault(person.get(TRANSACTIONS, **query)) == [["query", fault]]


def test_empty_parameters_count_as_absent_and_unknown_ones_are_ignored(person: Person) -> None:
    person.spend(1, description="only")
    names = "search category type status tag min_amount max_amount start_date end_date sort_by sort_order page limit"
    assert descriptions(person, **dict.fromkeys(names.split(), "")) == ["only"]
    assert descriptions(person, **dict.fromkeys(names.split(), "  ")) == ["only"]
    assert descriptions(person, colour="red", user_id="someone", **{"$where": "1", "a.b": "c"}) == ["only"]


def test_what_the_front_end_asks(person: Person, noise: Person) -> None:
    spend_all(
        person,
        {
            "masala chai": {"amount": 120, "category": "Food & Dining", "date": "2026-11-20"},
            "chai": {"amount": 200, "category": "Food & Dining", "date": "2026-11-22T23:59:00"},
            "chai tomorrow": {"amount": 120, "category": "Food & Dining", "date": "2026-11-23"},
            "chai leaves": {"amount": 120, "category": "Groceries", "date": "2026-11-20"},
        },
    )
    first = person.request("GET", f"{TRANSACTIONS}?search=&category=&page=1&limit=50")
    assert data(first)["pagination"]["total"] == 4
    everything = (
        "?search=chai&category=Food+%26+Dining&sort_by=amount&sort_order=asc&start_date=2026-11-18"
        "&end_date=2026-11-22&min_amount=100&max_amount=200&page=1&limit=50"
    )
    found = data(person.request("GET", f"{TRANSACTIONS}{everything}"))
    assert [transaction["description"] for transaction in found["transactions"]] == ["masala chai", "chai"]
    assert found["pagination"]["pages"] == 1


def test_a_parameter_given_twice_counts_once(person: Person) -> None:
    spend_all(person, {"tea": {}, "coffee": {}})
    answer = person.request("GET", f"{TRANSACTIONS}?search=tea&search=coffee")
    assert [transaction["description"] for transaction in data(answer)["transactions"]] == ["tea"]


@pytest.mark.parametrize("sort", ["date", "amount"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_cursors_walk_through_all(person: Person, sort: str, direction: str) -> None:
    for number in range(7):
        person.spend(number % 3 + 1, date=f"2026-02-0{number % 2 + 1}", description=f"entry {number}")
    person.spend(9, description="something else")
    order = {"sort_by": sort, "sort_order": direction, "search": "entry"}
    expected = data(person.get(TRANSACTIONS, **order))["transactions"]
    walked, cursor = [], "start"
    while cursor:
        page = data(person.get(TRANSACTIONS, cursor=cursor, limit=3, **order))
        walked += page["transactions"]
        assert (page["pagination"]["total"], page["pagination"]["has_more"]) == (7, len(walked) < 7)
        cursor = page["pagination"].get("next_cursor")
    assert walked == expected


def test_what_is_added_meanwhile_shifts_no_cursor(person: Person) -> None:
    for day in (1, 2, 3, 4):
        person.spend(day, date=f"2026-02-0{day}")
    first = data(person.get(TRANSACTIONS, cursor="start", limit=2))
    person.spend(9, date="2026-02-09")
    person.delete(f"{TRANSACTIONS}{first['transactions'][1]['_id']}")
    second = data(person.get(TRANSACTIONS, cursor=first["pagination"]["next_cursor"], limit=2))
    assert [entry["amount"] for entry in second["transactions"]] == [2, 1]


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "é", "x" * 101, "{}", "BQAAAAA", "start "])
def test_a_cursor_of_no_list_is_refused(person: Person, cursor: str) -> None:
    answer = person.get(TRANSACTIONS, cursor=cursor)
    assert answer.status_code == 200 if cursor.strip() == "start" else fields_at_fault(answer) == [["query", "cursor"]]


def test_a_cursor_belongs_to_its_order(person: Person) -> None:
    person.spend(1)
    person.spend(2)
    cursor = data(person.get(TRANSACTIONS, cursor="start", limit=1))["pagination"]["next_cursor"]
    assert fields_at_fault(person.get(TRANSACTIONS, cursor=cursor, sort_by="amount")) == [["query", "cursor"]]


@pytest.mark.parametrize("sort", ["asc", "desc"])
@pytest.mark.parametrize(
    "damage",
    [{"$unset": {"date": ""}}, {"$set": {"date": "yesterday"}}, {"$set": {"date": DatetimeMS(10**15)}}],
    ids=["missing", "text", "beyond any year"],
)
def test_cursors_get_past_a_damaged_record(person: Person, damage: dict[str, Any], sort: str) -> None:
    entries = [person.spend(number) for number in (1, 2, 3, 4)]
    mongo.db.transactions.update_one({"_id": ObjectId(entries[0]["_id"])}, damage)
    seen, cursor = [], "start"
    while cursor:
        page = data(person.get(TRANSACTIONS, cursor=cursor, limit=2, sort_order=sort))
        seen += [entry["amount"] for entry in page["transactions"]]
        cursor = page["pagination"].get("next_cursor")
    assert set(seen) >= {2, 3, 4}


def test_a_search_for_what_folds_to_nothing_finds_each_once(person: Person) -> None:
    for number in (1, 2, 3):
        person.spend(number)
    assert data(person.get(TRANSACTIONS, search="\u0307"))["pagination"]["total"] == 3


def test_a_cursor_shows_nobody_elses(person: Person, stranger: Person) -> None:
    for amount in (1, 2):
        person.spend(amount)
    cursor = data(person.get(TRANSACTIONS, cursor="start", limit=1))["pagination"]["next_cursor"]
    assert data(stranger.get(TRANSACTIONS, cursor=cursor))["transactions"] == []
