"""Mails by SMTP; without a MAIL_SERVER, development writes them to files instead."""

import logging
import secrets
import smtplib
import ssl
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app, render_template
from flask_mail import Connection, Message

from app.core import clock

log = logging.getLogger(__name__)
SMTP_TIMEOUT_SECONDS = 10


class MailUnavailable(Exception):
    """The mail server can't be reached or is busy."""


class MailRefused(Exception):
    """The mail server will never take this mail."""


class TimedConnection(Connection):
    """A connection that gives up on a silent server, and that checks its certificate."""

    def configure_host(self) -> smtplib.SMTP:
        """Connect and log in as configured."""
        host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=SMTP_TIMEOUT_SECONDS)
        if self.mail.use_tls:
            host.starttls(context=ssl.create_default_context())
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host


def init_app(app: Flask) -> None:
    """Say at once, not only at the first lost mail, that production has nowhere to send them."""
    if app.config["FLASK_ENV"] == "production" and not app.config["MAIL_SERVER"]:
        log.warning("MAIL_SERVER is not set: no reset mail will be sent")


def send_password_reset(email: str, token: str) -> None:
    """Mail the link with which somebody sets a new password.

    Nothing in it was written by a user: accounts can be opened with other people's addresses.

    Raises:
        MailUnavailable: the server can't be reached or is busy; trying again may help.
        MailRefused: the server will not take it, now or later.
    """
    link = f"{current_app.config['ORIGINS'][0]}/reset-password?{urlencode({'token': token})}"
    message = Message(
        subject="Reset your FinSight password",
        recipients=[email],
        body=render_template("mail/reset_password.txt", link=link),
        html=render_template("mail/reset_password.html", link=link),
    )
    if current_app.config["MAIL_SERVER"]:
        _send(message)
    elif current_app.config["FLASK_ENV"] == "production":
        log.error("a mail was not sent: MAIL_SERVER is not set")
    else:
        log.info("mail written to %s, link %s", _write(message), link)


def _send(message: Message) -> None:
    # smtplib's own words repeat the recipient's address, which belongs in no log.
    try:
        with TimedConnection(current_app.extensions["mail"]) as connection:
            connection.send(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _failure(min(code for code, _ in error.recipients.values())) from None
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code) from None
    except OSError as error:  # smtplib's other errors are of this kind too
        raise MailUnavailable(type(error).__name__) from None


def _failure(code: int) -> MailUnavailable | MailRefused:
    """RFC 5321, 4.2.1: 5yz is permanent, everything else is worth another try."""
    return MailRefused(f"SMTP {code}") if code >= 500 else MailUnavailable(f"SMTP {code}")


def _write(message: Message) -> Path:
    folder = current_app.config["LOG_DIR"] / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / f"{clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.eml"
    draft = path.with_suffix(".part")
    draft.write_bytes(message.as_bytes())
    return draft.replace(path)
