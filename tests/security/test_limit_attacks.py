"""Ways around the rate limits: other spellings, other addresses, other paths. None gives a fresh attempt."""

from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.accounts import login
from tests.factories import PASSWORD, Person, new_email, register
from tests.test_auth_limits import WRONG, Limits, elsewhere, forgot, from_address, limited

numbers = count(1)


def spellings_of_an_address(email: str) -> list[str]:
    """What people, and attackers, may write for one address; the last ones are other mailboxes to us."""
    local, domain = email.split("@")
    ideographic = domain.replace(".", "\u3002")
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalnum() else letter for letter in domain)
    return [
        email,
        email.upper(),
        email.title(),
        f"{local}@{domain.upper()}",
        f"  {email}\n",
        f"\t{email}",
        f"\u00a0{email}\u2003",
        f"{local}@{ideographic}",
        f"{local}@{wide}",
        f"{local}@{domain.encode('idna').decode()}",
        f"{local}@{domain.encode('idna').decode().upper()}",
        f"{local}+x@{domain}",
        f"{local[:3]}.{local[3:]}@{domain}",
        f'"{local}"@{domain}',
        f"{local}(x)@{domain}",
        f"{email}.",
        f"\u200b{email}",
        f"Asha <{email}>",
        f"{local}@sub.{domain}",
        f"{local}@{domain},x@example.com",
        f"{local} @{domain}",
    ]


@pytest.fixture
def asha(app: Flask) -> Person:
    """Somebody whose address and name can be written in many ways."""
    number = f"{next(numbers)}{new_email()[:8]}"
    return register(app, email=f"asha{number}@bücher-{number}.example", username=f"Asha.{number}")


def test_every_spelling_that_reaches_an_account_shares_its_attempts(app: Flask, limits: Limits, asha: Person) -> None:
    name = asha.profile["username"]
    ways = [{"email": written} for written in spellings_of_an_address(asha.email)]
    ways += [{"username": written} for written in spellings_of_an_address(asha.email)]
    ways += [
        {field: written} for field in ("email", "username") for written in (name, name.upper(), f" {name.lower()} ")
    ]

    def attempt(way: dict[str, str], password: str) -> TestResponse:
        return app.test_client().post("/api/auth/login", json={**way, "password": password}, **elsewhere())

    reaching = [way for way in ways if attempt(way, PASSWORD).status_code == 200]
    assert len(reaching) >= 28, "the many spellings of one account"
    assert len(ways) - len(reaching) >= 16, "and those that are none"
    limits(RATELIMIT_LOGIN_ACCOUNT=f"{len(reaching)}/minute")
    assert {attempt(way, WRONG).status_code for way in reaching} == {401}
    for way in reaching:
        assert limited(attempt(way, PASSWORD)), way


def test_every_spelling_of_an_address_shares_its_reset_mails(app: Flask, limits: Limits, asha: Person) -> None:
    for email in (asha.email, f"nobody{asha.email}"):
        spellings = spellings_of_an_address(email)[:11]
        limits(RATELIMIT_FORGOT_PASSWORD=f"{len(spellings)}/hour")
        assert [forgot(app, written, **elsewhere()).status_code for written in spellings] == [200] * len(spellings)
        assert all(limited(forgot(app, written, **elsewhere())) for written in spellings)


def plus(email: str) -> str:
    return email.replace("@", f"+{next(numbers)}@")


def dotted(email: str) -> str:
    number = next(numbers) % 30 + 1
    return f"{email[:number]}.{email[number:]}"


def another(_: str) -> str:
    return new_email()


@pytest.mark.parametrize("vary", [plus, dotted, another])
@pytest.mark.parametrize("known", [True, False])
def test_one_client_is_held_however_many_names_it_makes_up(
    app: Flask, limits: Limits, person: Person, vary: Callable[[str], str], known: bool
) -> None:
    """To us they are other accounts, as they may be; to the limit of the address they are one client."""
    email = person.email if known else new_email()
    limits(RATELIMIT_LOGIN_ADDRESS="6/minute", RATELIMIT_LOGIN_ACCOUNT="5/minute", RATELIMIT_FORGOT_PASSWORD="5/hour")
    for ask in (
        lambda name, **place: login(app, name, WRONG, **place),
        lambda name, **place: forgot(app, name, **place),
    ):
        here = elsewhere()
        assert [limited(ask(vary(email), **here)) for _ in range(7)] == [False] * 6 + [True]
        assert limited(ask(email, **here)), "known or not, the answer is the same"
        assert not limited(ask(email, **elsewhere())), "and the account was not used up"


def test_registering_many_spellings_is_held_too(app: Flask, limits: Limits, person: Person) -> None:
    limits(RATELIMIT_REGISTER="3/hour")
    here = elsewhere()

    def attempt() -> TestResponse:
        return app.test_client().post(
            "/api/auth/register", json={"email": plus(person.email), "password": PASSWORD}, **here
        )

    assert [limited(attempt()) for _ in range(4)] == [False] * 3 + [True]


def test_a_network_of_ipv6_is_one_client(app: Flask, limits: Limits) -> None:
    """A subscriber is given 64 bits of addresses (RFC 6177): they must not be as many clients."""
    limits(RATELIMIT_LOGIN_ADDRESS="4/minute")
    network = f"2001:db8:{next(numbers):x}:1"
    hosts = ("::1", "::2", ":ffff::1", ":a:b:c:d", "::3")
    answers = [login(app, new_email(), WRONG, **from_address(network + host)) for host in hosts]
    assert [limited(answer) for answer in answers] == [False] * 4 + [True]
    assert not limited(login(app, new_email(), WRONG, **from_address(f"2001:db8:{next(numbers):x}:2::1")))


def test_an_ipv4_address_in_ipv6_is_the_same_client(app: Flask, limits: Limits) -> None:
    limits(RATELIMIT_LOGIN_ADDRESS="2/minute")
    address = str(elsewhere()["environ_overrides"]["REMOTE_ADDR"])  # type: ignore[index]
    places = (address, f"::ffff:{address}", f"::FFFF:{address}")
    answers = [login(app, new_email(), WRONG, **from_address(place)) for place in places]
    assert [limited(answer) for answer in answers] == [False, False, True]


def test_other_forms_of_the_path_and_the_request_share_the_attempts(app: Flask, limits: Limits, person: Person) -> None:
    limits(RATELIMIT_LOGIN_ACCOUNT="6/minute")
    client = app.test_client()
    body = {"email": person.email, "password": WRONG}
    answers = [
        client.post("/api/auth/login", json=body, **elsewhere()),
        client.post("/api/auth/login/", json=body, **elsewhere()),
        client.post("/api/auth/login?x=1", json=body, **elsewhere()),
        client.post("/api/auth/login", json=body, headers={"User-Agent": "another", "Host": "b"}, **elsewhere()),
        client.post(
            "/api/auth/login", json=body, headers={"Authorization": "Bearer x", "X-Request-ID": "x"}, **elsewhere()
        ),
        client.post("/api/auth/login", json=body, headers={"Idempotency-Key": "x"}, **elsewhere()),
        client.post("/api/auth/login", json={**body, "password": PASSWORD}, **elsewhere()),
    ]
    assert [limited(answer) for answer in answers] == [False] * 6 + [True]


FORGED = ("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP",
          "X-Originating-IP", "Client-IP", "Fastly-Client-IP", "Forwarded", "X-Forwarded", "Via")  # fmt: skip


def test_no_header_makes_another_client(app: Flask, limits: Limits) -> None:
    limits(RATELIMIT_LOGIN_ADDRESS=f"{len(FORGED)}/minute")
    here = elsewhere()
    for number, name in enumerate(FORGED):
        forged = {name: f"for=192.0.2.{number}" if name == "Forwarded" else f"192.0.2.{number}"}
        assert not limited(login(app, new_email(), WRONG, headers=forged, **here))
    everything = dict.fromkeys(FORGED, "192.0.2.200")
    assert limited(login(app, new_email(), WRONG, headers=everything, **here))
