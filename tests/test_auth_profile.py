"""The profile."""

from typing import Any

import pytest
from flask import Flask

from app.auth import profile as profiles
from app.extensions import mongo
from tests.accounts import at_once
from tests.factories import PASSWORD, Person, code, data, fields_at_fault, new_email

FIELDS = {"_id", "email", "username", "first_name", "last_name", "income", "currency", "timezone", "settings", "role",
          "subscription_tier", "is_active", "last_login", "created_at"}  # fmt: skip


def test_what_it_shows(person: Person) -> None:
    answer = person.get("/api/auth/profile")
    assert set(data(answer)) == FIELDS
    assert data(answer)["email"] == person.email
    assert "$2b$" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_every_method_changes_what_is_given_and_nothing_else(person: Person, method: str) -> None:
    before = data(person.get("/api/auth/profile"))
    username = new_email()[:20]
    given = {
        "income": 85000.5,
        "first_name": "Asha",
        "last_name": "Rao",
        "username": username,
        "timezone": "Asia/Tokyo",
        "settings": {"theme": "dark", "beta": True, "rows": 50, "none": None},
    }
    answer = person.request(method, "/api/auth/profile", json=given)
    assert answer.status_code == 200
    assert data(answer) == {**before, **given}
    assert data(person.request(method, "/api/auth/profile", json={})) == {**before, **given}
    assert data(person.get("/api/auth/profile")) == {**before, **given}


@pytest.mark.parametrize(
    ("field", "value"),
    [("income", -1), ("income", 100_000_001), ("income", "5"), ("income", True), ("income", None), ("income", 1.001),
     ("role", "admin"), ("subscription_tier", "premium"), ("email", "a@example.com"), ("_id", "0" * 24),
     ("is_active", False), ("password", PASSWORD), ("password_hash", "x"), ("created_at", None), ("$set", {}),
     ("currency", "ABC"), ("currency", None), ("timezone", "Nowhere"), ("timezone", None), ("username", "a@b"),
     ("username", "no"), ("first_name", "x" * 101), ("settings", []), ("settings", None)],
)  # fmt: skip
def test_fields_at_fault(person: Person, field: str, value: Any) -> None:
    before = data(person.get("/api/auth/profile"))
    answer = person.patch("/api/auth/profile", {"last_name": "Never", field: value})
    assert fields_at_fault(answer) == [["body", field]]
    assert data(person.get("/api/auth/profile")) == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1e-400"])
def test_numbers_that_are_none(person: Person, number: str) -> None:
    raw = f'{{"income": {number}}}'
    answer = person.request("POST", "/api/auth/profile", data=raw, content_type="application/json")
    assert fields_at_fault(answer) == [["body", "income"]]


@pytest.mark.parametrize(
    "chosen",
    [{"": 1}, {"a.b": 1}, {"$set": 1}, {"x" * 65: 1}, {"a b": 1}, {"list": []}, {"deep": {"er": 1}},
     {"long": "x" * 501}, {"big": 2**53 + 1}, {"small": -(2**53) - 1}, {"half": 0.5},
     {f"n{number}": number for number in range(51)}],
)  # fmt: skip
def test_settings_at_fault(person: Person, chosen: dict[str, Any]) -> None:
    answer = person.patch("/api/auth/profile", {"settings": chosen})
    assert {tuple(loc[:2]) for loc in fields_at_fault(answer)} == {("body", "settings")}


def test_settings_at_their_limits(person: Person) -> None:
    settings = {f"{number:064d}": 2**53 for number in range(48)} | {"text": "x" * 500, "least": -(2**53)}
    assert data(person.patch("/api/auth/profile", {"settings": settings}))["settings"] == settings
    assert data(person.patch("/api/auth/profile", {"settings": {}}))["settings"] == {}


def test_income_in_currencies_of_other_decimals(people) -> None:
    person = people(currency="JPY")
    shown = data(person.patch("/api/auth/profile", {"income": 300000}))
    assert isinstance(shown["income"], int)
    assert fields_at_fault(person.patch("/api/auth/profile", {"income": 0.5})) == [["body", "income"]]
    shown = data(person.patch("/api/auth/profile", {"currency": "KWD"}))
    assert (shown["income"], shown["currency"]) == (300000, "KWD")
    shown = data(person.patch("/api/auth/profile", {"income": 1234.567}))
    assert shown["income"] == 1234.567
    assert fields_at_fault(person.patch("/api/auth/profile", {"currency": "INR"})) == [["body", "currency"]]
    shown = data(person.patch("/api/auth/profile", {"currency": "INR", "income": 1234.56}))
    assert (shown["income"], shown["currency"]) == (1234.56, "INR")
    refused = person.patch("/api/auth/profile", {"currency": "JPY", "income": 0.5})
    assert fields_at_fault(refused) == [["body", "income"]]


def test_the_largest_income(person: Person) -> None:
    assert data(person.patch("/api/auth/profile", {"income": 100_000_000}))["income"] == 100_000_000
    assert data(person.patch("/api/auth/profile", {"income": 0}))["income"] == 0


def test_income_and_currency_set_at_once_stay_a_pair(person: Person) -> None:
    changes = [{"currency": "JPY"}, {"income": 700}, {"currency": "INR"}, {"income": 900}, {"currency": "KWD"}]
    answers = at_once(20, lambda n: person.patch("/api/auth/profile", changes[n % len(changes)]).status_code)
    assert set(answers) <= {200, 409}
    assert data(person.get("/api/auth/profile"))["income"] in (0, 700, 900)


def test_a_currency_changed_meanwhile_is_noticed(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    update = profiles.repository.update_profile

    def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(profiles.repository, "update_profile", update)
        assert person.patch("/api/auth/profile", {"currency": "KWD"}).status_code == 200
        return update(*arguments)

    monkeypatch.setattr(profiles.repository, "update_profile", overtaken)
    shown = data(person.patch("/api/auth/profile", {"income": 12.5}))
    assert (shown["income"], shown["currency"]) == (12.5, "KWD")


def test_a_username_of_somebody_else(person: Person, stranger: Person) -> None:
    name = new_email()[:20]
    assert person.patch("/api/auth/profile", {"username": name}).status_code == 200
    answer = stranger.patch("/api/auth/profile", {"username": name.upper()})
    assert (answer.status_code, code(answer)) == (409, "username_taken")
    assert person.patch("/api/auth/profile", {"username": name.upper()}).status_code == 200
    assert person.patch("/api/auth/profile", {"username": None}).status_code == 200
    assert stranger.patch("/api/auth/profile", {"username": name}).status_code == 200


def test_names_can_be_taken_back(person: Person) -> None:
    person.patch("/api/auth/profile", {"first_name": "Asha", "last_name": "Rao"})
    shown = data(person.patch("/api/auth/profile", {"first_name": None, "last_name": ""}))
    assert (shown["first_name"], shown["last_name"]) == (None, None)


def test_somebody_elses_profile_stays(person: Person, stranger: Person) -> None:
    before = data(stranger.get("/api/auth/profile"))
    person.patch("/api/auth/profile", {"first_name": "Mine", "income": 5})
    assert data(stranger.get("/api/auth/profile")) == before


@pytest.mark.parametrize(("raw", "kind", "status"), [
    ("{", "application/json", 400), ("", "application/json", 400), ("[]", "application/json", 422),
    ('{"first_name": "a\\u0000"}', "application/json", 422), ("{}", "text/plain", 415),
])  # fmt: skip
def test_bodies_that_are_none(person: Person, raw: str, kind: str, status: int) -> None:
    answer = person.request("PATCH", "/api/auth/profile", data=raw, content_type=kind)
    assert answer.status_code == status


def test_amounts_are_stored_as_whole_minor_units(app: Flask, person: Person) -> None:
    person.patch("/api/auth/profile", {"income": 85000.55})
    assert mongo.db.users.find_one({"email": person.email})["income"] == 8500055
