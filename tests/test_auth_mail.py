"""Forgotten passwords: the mail, its link and its token; with a real SMTP server and a real worker."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from bson import ObjectId
from flask import Flask
from werkzeug.test import TestResponse

from app.auth import service, tasks
from app.core import clock
from app.extensions import mongo, redis
from app.services import mailer
from dev.servers import free_port
from tests.accounts import another_app, at_once, bearer, login, profile, refresh
from tests.factories import PASSWORD, Person, code, data, fields_at_fault, new_email
from tests.processes import Worker
from tests.waiting import wait_until

BETTER = "Better-Horse-10"


class Postbox:
    """An aiosmtpd handler: keeps what arrives, after turning away as many as told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.turn_away = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.turn_away:
            self.turn_away -= 1
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"

    def to(self, email: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == email]


@pytest.fixture(scope="module")
def postbox() -> Iterator[tuple[Postbox, int]]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def mail_settings(settings: dict[str, object], postbox: tuple[Postbox, int]) -> dict[str, object]:
    broker = str(settings["REDIS_URL"]).removesuffix("/0") + "/2"
    server = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": postbox[1], "MAIL_USE_TLS": "false"}
    return {**settings, **server, "BROKER_URL": broker, "MAIL_DEFAULT_SENDER": "FinSight <hello@example.com>"}


@pytest.fixture(scope="module")
def mail_worker(mail_settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A worker process of the mail queue that knows the SMTP server."""
    process = Worker("mail-worker", ["mail"], mail_settings, tmp_path_factory.mktemp("mail"))
    try:
        yield
        assert process.popen.poll() is None, process.last_lines()
    finally:
        process.end()


@pytest.fixture
def mail_app(app: Flask, mail_settings: dict[str, object], mail_worker: None) -> Iterator[Flask]:
    """The app whose tasks go to that worker."""
    with another_app(app, mail_settings) as other:
        yield other


def forgot(app: Flask, email: str) -> TestResponse:
    return app.test_client().post("/api/auth/forgot-password", json={"email": email})


def reset(app: Flask, token: str, password: str = BETTER) -> TestResponse:
    return app.test_client().post("/api/auth/reset-password", json={"token": token, "password": password})


def link_in(text: str) -> str:
    (link,) = [word for word in text.split() if word.startswith("http")]
    return link


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


@pytest.fixture
def mailed_token(monkeypatch: pytest.MonkeyPatch) -> Callable[[Person], str]:
    """Run the worker's task here and give the token it would mail."""

    def run(person: Person) -> str:
        tokens: list[str] = []
        monkeypatch.setattr(mailer, "send_password_reset", lambda email, token: tokens.append(token))
        tasks.send_reset_mail(person.profile["_id"])
        return tokens[0]

    return run


def test_from_the_request_to_the_new_password(mail_app: Flask, postbox: tuple[Postbox, int], person: Person) -> None:
    answer = forgot(mail_app, person.email.upper())
    assert answer.status_code == 200
    (mail,) = wait_until(lambda: postbox[0].to(person.email), seconds=30)
    assert mail["Subject"] == "Reset your FinSight password"
    assert mail["From"] == "FinSight <hello@example.com>"
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    link = link_in(text.get_content())
    assert link.startswith("http://localhost:3000/reset-password?token=")
    assert f'href="{link}"' in html.get_content()
    assert reset(mail_app, token_in(link)).status_code == 200
    assert login(mail_app, person.email, BETTER).status_code == 200


def test_a_server_that_is_busy_is_asked_again(mail_app: Flask, postbox: tuple[Postbox, int], person: Person) -> None:
    postbox[0].turn_away = 2
    assert forgot(mail_app, person.email).status_code == 200
    (mail,) = wait_until(lambda: postbox[0].to(person.email), seconds=30)
    assert postbox[0].turn_away == 0
    assert reset(mail_app, token_in(link_in(mail.get_body(("plain",)).get_content()))).status_code == 200


def test_the_broker_never_sees_a_token(app: Flask, settings: dict[str, object], person: Person) -> None:
    broker = str(settings["REDIS_URL"]).removesuffix("/0") + "/3"  # nobody takes from it
    with another_app(app, settings, BROKER_URL=broker) as other:
        known, unknown = forgot(other, person.email), forgot(other, new_email())
        with other.extensions["celery"].connection_for_read() as connection:
            queue = connection.SimpleQueue("mail")
            messages = [queue.get(timeout=5) for _ in range(2)]
            assert len({len(str(message.payload)) for message in messages}) == 1
            assert messages[0].payload[0] == [person.profile["_id"]]
            assert ObjectId.is_valid(messages[1].payload[0][0])
            for message in messages:
                message.ack()
            queue.close()
    assert "password_reset" not in mongo.db.users.find_one({"email": person.email})
    assert (known.status_code, data(known)) == (unknown.status_code, data(unknown))


def test_nobody_gets_no_mail(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.delattr(mailer, "send_password_reset")
    tasks.send_reset_mail(str(ObjectId()))
    assert mongo.db.users.count_documents({"password_reset": {"$exists": True}, "email": {"$exists": False}}) == 0


def test_in_development_the_mail_is_a_file_and_the_link_is_logged(
    app: Flask, worker: None, person: Person, log_file: Path
) -> None:
    folder = log_file.parent / "mail"
    assert forgot(app, person.email).status_code == 200

    def mine() -> list[EmailMessage]:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
        return [mail for mail in mails if mail["To"] == person.email]

    (mail,) = wait_until(mine, seconds=20)
    assert mail["Subject"] == "Reset your FinSight password"
    link = link_in(mail.get_body(("plain",)).get_content())
    wait_until(lambda: link in log_file.read_text())
    assert reset(app, token_in(link)).status_code == 200


def test_in_production_without_a_server_no_link_is_logged(
    app: Flask, settings: dict[str, object], person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    overrides = {"FLASK_ENV": "production", "BCRYPT_LOG_ROUNDS": 12}
    with another_app(app, settings, **overrides) as production, production.app_context():
        mailer.send_password_reset(person.email, "the-token")
    assert "MAIL_SERVER is not set" in caplog.text
    assert "the-token" not in caplog.text


def test_with_the_broker_away(app: Flask, settings: dict[str, object], person: Person) -> None:
    with another_app(app, settings, BROKER_URL="redis://127.0.0.1:1/0") as other:
        answers = [forgot(other, email) for email in (person.email, new_email())]
    assert [(answer.status_code, code(answer)) for answer in answers] == [(503, "service_unavailable")] * 2


@pytest.mark.parametrize("email", ["", "nonsense", None, 5])
def test_no_address(app: Flask, email: object) -> None:
    assert fields_at_fault(forgot(app, email)) == [["body", "email"]]


def test_all_sessions_end(app: Flask, person: Person, mailed_token: Callable[[Person], str]) -> None:
    other = data(login(app, person.email))
    assert reset(app, mailed_token(person)).status_code == 200
    for access, refreshing in ((person.access_token, person.refresh_token), other_pair(other)):
        assert code(profile(app, access)) == "token_revoked"
        assert code(refresh(app, refreshing)) == "token_revoked"
    assert login(app, person.email).status_code == 401
    tokens = data(login(app, person.email, BETTER))
    assert profile(app, tokens["access_token"]).status_code == 200
    assert refresh(app, tokens["refresh_token"]).status_code == 200


def other_pair(tokens: dict[str, str]) -> tuple[str, str]:
    return tokens["access_token"], tokens["refresh_token"]


def test_older_tokens_are_void_even_if_redis_forgot_the_sessions(
    app: Flask, person: Person, mailed_token: Callable[[Person], str]
) -> None:
    token = mailed_token(person)
    redis.client.delete(f"sessions:{person.profile['_id']}")
    assert reset(app, token).status_code == 200
    assert code(profile(app, person.access_token)) == "token_revoked"
    assert profile(app, data(login(app, person.email, BETTER))["access_token"]).status_code == 200


def test_a_token_works_once(app: Flask, person: Person, mailed_token: Callable[[Person], str]) -> None:
    token = mailed_token(person)
    answers = at_once(8, lambda n: reset(app, token, f"{BETTER}{n}"))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert {code(answer) for answer in answers if answer.status_code == 400} == {"invalid_reset_token"}


def test_a_refused_password_does_not_use_it_up(
    app: Flask, person: Person, mailed_token: Callable[[Person], str]
) -> None:
    token = mailed_token(person)
    for weak in ("weak", "A1!" + "x" * 70, "", None):
        assert reset(app, token, weak).status_code == 422
    assert reset(app, token).status_code == 200


def test_a_new_request_voids_the_older_token(app: Flask, person: Person, mailed_token: Callable[[Person], str]) -> None:
    old, new = mailed_token(person), mailed_token(person)
    assert code(reset(app, old)) == "invalid_reset_token"
    assert reset(app, new).status_code == 200


def test_a_changed_password_voids_it(app: Flask, person: Person, mailed_token: Callable[[Person], str]) -> None:
    token = mailed_token(person)
    person.post("/api/auth/change-password", {"current_password": PASSWORD, "password": BETTER})
    assert code(reset(app, token)) == "invalid_reset_token"


def test_it_is_good_for_an_hour(app: Flask, person: Person, mailed_token: Callable[[Person], str]) -> None:
    token = mailed_token(person)
    stored = mongo.db.users.find_one({"email": person.email})["password_reset"]
    assert stored["token_hash"] == hashlib.sha256(token.encode()).hexdigest()
    assert timedelta(minutes=59) < stored["expires_at"] - clock.now() <= timedelta(hours=1)
    past = {"$set": {"password_reset.expires_at": clock.now() - timedelta(milliseconds=1)}}
    mongo.db.users.update_one({"email": person.email}, past)
    answer = reset(app, token)
    assert (answer.status_code, code(answer)) == (400, "invalid_reset_token")


@pytest.mark.parametrize("token", ["x", "é", "0" * 200, "' or 1=1"])
def test_unknown_tokens(app: Flask, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(service.passwords, "hashed")  # a guess costs no hash
    answer = reset(app, token)
    assert (answer.status_code, code(answer)) == (400, "invalid_reset_token")


@pytest.mark.parametrize("token", ["", None, 5, {"$ne": ""}, "x" * 201])
def test_tokens_at_fault(app: Flask, token: object) -> None:
    assert fields_at_fault(reset(app, token)) == [["body", "token"]]


def test_a_stale_authorization_header_does_not_matter(
    app: Flask, person: Person, mailed_token: Callable[[Person], str]
) -> None:
    body = {"token": mailed_token(person), "password": BETTER}
    answer = app.test_client().post("/api/auth/reset-password", json=body, headers=bearer("stale"))
    assert answer.status_code == 200
