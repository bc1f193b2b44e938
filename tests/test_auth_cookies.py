"""Cookie mode: tokens in cookies of the browser, guarded by a double-submit CSRF token."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts import another_app, bearer
from tests.factories import PASSWORD, Person, code, data, new_email

SITE = "https://app.example.com"


@pytest.fixture
def cookie_app(app: Flask, settings: dict[str, object]) -> Iterator[Flask]:
    with another_app(app, settings, AUTH_COOKIES=True) as other:
        yield other


@pytest.fixture
def browser(cookie_app: Flask) -> FlaskClient:
    """A browser that is signed in."""
    client = cookie_app.test_client()
    body = {"email": new_email(), "password": PASSWORD}
    assert client.post("/api/auth/register", json=body, base_url=SITE).status_code == 201
    assert client.post("/api/auth/login", json=body, base_url=SITE).status_code == 200
    return client


def csrf(client: FlaskClient, kind: str = "access") -> dict[str, str]:
    cookie = client.get_cookie(f"csrf_{kind}_token", domain="app.example.com")
    assert cookie is not None
    return {"X-CSRF-TOKEN": cookie.value}


def patch(client: FlaskClient, **options: object) -> TestResponse:
    return client.patch("/api/auth/profile", json={"first_name": "Asha"}, base_url=SITE, **options)


def test_the_tokens_are_out_of_reach_of_scripts(browser: FlaskClient) -> None:
    body = {"email": new_email(), "password": PASSWORD}
    browser.post("/api/auth/register", json=body, base_url=SITE)
    answer = browser.post("/api/auth/login", json=body, base_url=SITE)
    cookies = SimpleCookie("\r\n".join(answer.headers.getlist("Set-Cookie")))
    assert cookies["access_token_cookie"].value == data(answer)["access_token"]
    assert cookies["refresh_token_cookie"].value == data(answer)["refresh_token"]
    for name, age in (("access", 900), ("refresh", 7 * 24 * 3600)):
        token, secret = cookies[f"{name}_token_cookie"], cookies[f"csrf_{name}_token"]
        assert (token["httponly"], secret["httponly"]) == (True, "")
        assert {cookie["secure"] for cookie in (token, secret)} == {True}
        assert {cookie["samesite"] for cookie in (token, secret)} == {"Lax"}
        assert token["max-age"] == str(age)
    assert cookies["refresh_token_cookie"]["path"] == "/api/auth"


def test_reading_needs_the_cookie_alone(browser: FlaskClient) -> None:
    assert browser.get("/api/auth/profile", base_url=SITE).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-CSRF-TOKEN": ""}, {"X-CSRF-TOKEN": "guessed"}])
def test_writing_needs_the_csrf_token_too(browser: FlaskClient, headers: dict[str, str]) -> None:
    answer = patch(browser, headers=headers)
    assert (answer.status_code, code(answer)) == (401, "csrf_failed")
    assert patch(browser, headers=csrf(browser)).status_code == 200


UNSAFE = [
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/logout"),
    ("DELETE", "/api/auth/sessions"),
    ("POST", "/api/transactions/"),
]


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_every_unsafe_request_needs_it(browser: FlaskClient, method: str, path: str) -> None:
    answer = browser.open(path, method=method, json={}, base_url=SITE)
    assert (answer.status_code, code(answer)) == (401, "csrf_failed")


def test_refresh_rotates_the_cookies(browser: FlaskClient) -> None:
    before = csrf(browser, "refresh")
    assert code(browser.post("/api/auth/refresh", base_url=SITE, headers=csrf(browser))) == "csrf_failed"
    first = browser.post("/api/auth/refresh", base_url=SITE, headers=before)
    assert first.status_code == 200
    assert csrf(browser, "refresh") != before
    assert patch(browser, headers=csrf(browser)).status_code == 200
    assert browser.post("/api/auth/refresh", base_url=SITE, headers=csrf(browser, "refresh")).status_code == 200


def test_a_lost_answer_comes_again_byte_for_byte(browser: FlaskClient, cookie_app: Flask) -> None:
    cookie = browser.get_cookie("refresh_token_cookie", domain="app.example.com", path="/api/auth")
    assert cookie is not None
    answers = [cookie_app.test_client().post("/api/auth/refresh", headers=bearer(cookie.value)) for _ in range(2)]
    assert len({data(answer)["refresh_token"] for answer in answers}) == 1


def test_logout_removes_the_cookies(browser: FlaskClient) -> None:
    assert browser.post("/api/auth/logout", base_url=SITE, headers=csrf(browser)).status_code == 200
    assert browser.get_cookie("access_token_cookie", domain="app.example.com") is None
    answer = browser.get("/api/auth/profile", base_url=SITE)
    assert (answer.status_code, code(answer)) == (401, "token_missing")


def test_erasing_removes_the_cookies(browser: FlaskClient) -> None:
    body = {"password": PASSWORD}
    assert browser.delete("/api/auth/profile", json=body, base_url=SITE, headers=csrf(browser)).status_code == 200
    assert browser.get_cookie("access_token_cookie", domain="app.example.com") is None


def test_a_bearer_needs_no_csrf_token_and_comes_first(browser: FlaskClient, cookie_app: Flask) -> None:
    body = {"email": new_email(), "password": PASSWORD}
    other = cookie_app.test_client()
    other.post("/api/auth/register", json=body)
    token = data(other.post("/api/auth/login", json=body))["access_token"]
    answer = patch(browser, headers=bearer(token))
    assert answer.status_code == 200
    assert data(answer)["email"] == body["email"]
    assert code(browser.get("/api/auth/profile", base_url=SITE, headers=bearer("broken"))) == "token_invalid"


def test_browsers_may_send_them_across_origins(browser: FlaskClient) -> None:
    headers = {"Origin": "https://app.example.com"}
    answer = browser.get("/api/auth/profile", base_url=SITE, headers=headers)
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Allow-Origin"] == headers["Origin"]


def test_by_default_cookies_mean_nothing(app: Flask, person: Person) -> None:
    client = app.test_client()
    client.set_cookie("access_token_cookie", person.access_token)
    assert code(client.get("/api/auth/profile")) == "token_missing"
