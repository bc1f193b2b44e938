"""Opening an account."""

from collections.abc import Callable

import bcrypt
import pytest
from flask import Flask

from app.extensions import mongo
from tests.accounts import at_once, login
from tests.factories import PASSWORD, Person, code, data, fields_at_fault, new_email


def post(app: Flask, **body: object):
    headers = body.pop("headers", {})
    return app.test_client().post("/api/auth/register", json=body, headers=headers)


def test_a_new_account_has_the_defaults(app: Flask) -> None:
    email = new_email()
    answer = post(app, email=email, password=PASSWORD)
    assert answer.status_code == 201
    user = data(answer)["user"]
    assert user["email"] == email
    assert (user["currency"], user["timezone"], user["income"]) == ("INR", "Asia/Kolkata", 0)
    assert (user["role"], user["subscription_tier"], user["is_active"]) == ("user", "free", True)
    assert user["settings"] == {}
    assert user["last_login"] is None
    assert user["username"] is None
    assert user["created_at"].endswith("+00:00")
    assert not {name for name in user if "password" in name or "hash" in name or "token" in name}


def test_everything_optional_is_kept(app: Flask) -> None:
    name = new_email()[:20]
    given = {"username": name, "first_name": " Asha ", "last_name": "Rao", "currency": "jpy", "timezone": "Asia/Tokyo"}
    user = data(post(app, email=new_email(), password=PASSWORD, **given))["user"]
    assert {field: user[field] for field in given} == {**given, "first_name": "Asha", "currency": "JPY"}


def test_the_password_is_hashed_by_bcrypt_at_the_configured_cost(app: Flask) -> None:
    email = new_email()
    post(app, email=email, password=PASSWORD)
    stored = mongo.db.users.find_one({"email": email})["password_hash"]
    assert stored.startswith("$2b$04$")
    assert bcrypt.checkpw(PASSWORD.encode(), stored.encode())


@pytest.mark.parametrize(
    ("password", "unmet"),
    [
        ("tiny", ["password_short", "password_upper", "password_digit", "password_special"]),
        ("Abcdef1!"[:-1], ["password_short", "password_special"]),
        ("abcdefg1!", ["password_upper"]),
        ("Abcdefgh!", ["password_digit"]),
        ("Abcdefgh1", ["password_special"]),
        ("Abcdefgh 1", ["password_special"]),
        ("A1!" + "x" * 70, ["password_long"]),
        ("A1!" + "€" * 24, ["password_long"]),
    ],
)
def test_each_unmet_rule_is_one_entry(app: Flask, password: str, unmet: list[str]) -> None:
    answer = post(app, email=new_email(), password=password)
    assert fields_at_fault(answer) == [["body", "password"]] * len(unmet)
    assert [entry["type"] for entry in answer.json["data"]["details"]] == unmet
    assert password not in answer.text


@pytest.mark.parametrize("password", ["Abcdef1!", "A1!" + "x" * 69, "A1!" + "€" * 23, "  Abcdef1!  ", "Élan-vital-१२"])
def test_passwords_that_meet_the_rules_are_taken_as_typed(app: Flask, password: str) -> None:
    email = new_email()
    assert post(app, email=email, password=password).status_code == 201
    assert login(app, email, password).status_code == 200
    assert login(app, email, f"{password} ").status_code == 401


@pytest.mark.parametrize(
    "email",
    ["", "plain", "@example.com", "a@", "a@b", "a b@example.com", "a@exa mple.com", "ü@example.com", "a@[127.0.0.1]",
     "a@x.invalid", f"{'a' * 250}@example.com", 5, None, ["a@example.com"], {"$ne": ""}],
)  # fmt: skip
def test_no_address(app: Flask, email: object) -> None:
    assert fields_at_fault(post(app, email=email, password=PASSWORD)) == [["body", "email"]]


@pytest.mark.parametrize("domain", ["example.com", "mail.example.test", "office.local", "münchen.de"])
def test_addresses_of_every_kind_of_domain(app: Flask, domain: str) -> None:
    email = new_email().replace("example.com", domain)
    assert post(app, email=email, password=PASSWORD).status_code == 201
    assert login(app, email).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "ab"), ("username", "a" * 31), ("username", "a@b.c"), ("username", "a b c"), ("username", "naïve"),
     ("username", 7), ("first_name", "x" * 101), ("first_name", 5), ("currency", "XXX"), ("currency", "RUPEES"),
     ("timezone", "Mars/Base"), ("timezone", 5), ("role", "admin"), ("subscription_tier", "premium"),
     ("_id", "0" * 24), ("is_active", True), ("$where", "1")],
)  # fmt: skip
def test_fields_at_fault(app: Flask, field: str, value: object) -> None:
    answer = post(app, **{"email": new_email(), "password": PASSWORD, field: value})
    assert fields_at_fault(answer) == [["body", field]]


@pytest.mark.parametrize("same", [str.upper, str.title, lambda email: f"  {email} "])
def test_an_address_is_compared_without_case(app: Flask, person: Person, same: Callable[[str], str]) -> None:
    answer = post(app, email=same(person.email), password=PASSWORD)
    assert (answer.status_code, code(answer)) == (409, "email_taken")


def test_a_username_is_compared_without_case(app: Flask) -> None:
    name = f"Asha.{new_email()[:12]}"
    assert post(app, email=new_email(), password=PASSWORD, username=name).status_code == 201
    answer = post(app, email=new_email(), password=PASSWORD, username=name.upper())
    assert (answer.status_code, code(answer)) == (409, "username_taken")


def test_of_thirty_at_once_one_wins(app: Flask) -> None:
    email = new_email()
    answers = at_once(30, lambda _: post(app, email=email, password=PASSWORD))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 29
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"email_taken"}
    assert mongo.db.users.count_documents({"email": email}) == 1


def test_thirty_at_once_with_one_username(app: Flask) -> None:
    name = new_email()[:20]
    answers = at_once(30, lambda _: post(app, email=new_email(), password=PASSWORD, username=name))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 29
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"username_taken"}


def test_sent_again_with_its_key_it_gives_the_same_account(app: Flask) -> None:
    body = {"email": new_email(), "password": PASSWORD}
    first, again = (post(app, **body, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_try_that_died_after_its_write_finds_the_account_again(app: Flask) -> None:
    body = {"email": new_email(), "password": PASSWORD}
    first = post(app, **body, headers={"Idempotency-Key": "two"})
    reserved = mongo.db.users.find_one({"email": body["email"]})["_id"]
    mongo.db.idempotency_keys.update_one({"reserved_id": reserved}, {"$set": {"state": "interrupted"}})
    again = post(app, **body, headers={"Idempotency-Key": "two"})
    assert again.status_code == 201
    assert data(again)["user"]["_id"] == data(first)["user"]["_id"]


def test_a_broken_authorization_header_is_ignored(app: Flask) -> None:
    answer = post(app, email=new_email(), password=PASSWORD, headers={"Authorization": "Bearer broken"})
    assert answer.status_code == 201
