"""Whom the rate limits of accounts count: the account, the address, the session.

An unknown name gets a bucket of its own under exactly the form that accounts are looked up by,
so that a limit tells nobody whether the account exists.
"""

from ipaddress import IPv6Network, ip_address

from flask import request
from flask_jwt_extended import get_jwt

from app.auth.identifiers import account_of, canonical, digest
from app.core.body import json_object
from app.core.contract import Limit
from app.core.identity import current_user

SUBSCRIBER_BITS = 64


def _account() -> str:
    body = json_object()
    identifier = str(body.get("email") or body.get("username")).strip()
    account = account_of(identifier)
    return "account:" + digest(str(account["_id"]) if account else canonical(identifier))


def _signed_in() -> str:
    return "account:" + digest(str(current_user()["_id"]))


def _address() -> str:
    return "address:" + digest(client(request.remote_addr or ""))


def client(address: str) -> str:
    """Who counts as one: an IPv4 address, or the IPv6 network of 64 bits that a subscriber gets (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:  # of a socket that has none
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((parsed, SUBSCRIBER_BITS), strict=False))


def _session() -> str:
    return "session:" + str(get_jwt()["sid"])


LOGIN = (Limit("RATELIMIT_LOGIN_ACCOUNT", _account), Limit("RATELIMIT_LOGIN_ADDRESS", _address))
REGISTER = (Limit("RATELIMIT_REGISTER", _address),)
# A stolen access token must not become a way to guess the password.
CONFIRM_PASSWORD = (Limit("RATELIMIT_LOGIN_ACCOUNT", _signed_in),)
# Each address of a flood of mails to many accounts has attempts left, the client that asks for them has not.
FORGOT_PASSWORD = (Limit("RATELIMIT_FORGOT_PASSWORD", _account), Limit("RATELIMIT_LOGIN_ADDRESS", _address))
REFRESH = (Limit("RATELIMIT_REFRESH", _session),)
