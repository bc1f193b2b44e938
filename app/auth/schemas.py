"""What the account routes take and answer."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from app.auth.fields import LONGEST_EMAIL, Email, GivenPassword, NewPassword, Settings, Username
from app.core.errors import Invalid
from app.core.types import Currency, Id, Income, Instant, MoneyOut, Out, Schema, Text, TextOrNone, Timezone, unset

LONGEST_NAME = 100
EXAMPLE_PASSWORD = "Correct-Horse-9"  # noqa: S105 -- an example in the documentation


def example(fields: dict[str, Any], **extra: Any) -> ConfigDict:
    """The example the documentation shows for a schema, and what else its JSON schema says."""
    return ConfigDict(json_schema_extra={"examples": [fields], **extra})


class RegisterIn(Schema):
    """A new account."""

    model_config = example(
        {"email": "asha@example.com", "password": EXAMPLE_PASSWORD, "first_name": "Asha", "currency": "INR"}
    )

    email: Email
    password: NewPassword
    username: Username | None = None
    first_name: Annotated[str | None, TextOrNone(LONGEST_NAME)] = None
    last_name: Annotated[str | None, TextOrNone(LONGEST_NAME)] = None
    currency: Currency | None = Field(None, description="Of the income, of budgets and of new entries.")
    timezone: Timezone | None = Field(None, description="Decides which day and month an entry falls on.")


class LoginIn(Schema):
    """Who signs in: by `email` or by `username`, one of the two."""

    model_config = example(
        {"email": "asha@example.com", "password": EXAMPLE_PASSWORD},
        oneOf=[{"required": ["email"]}, {"required": ["username"]}],
    )

    email: Annotated[str, Text(LONGEST_EMAIL)] = unset()
    username: Annotated[str, Text(LONGEST_EMAIL)] = unset()
    password: GivenPassword

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        """Exactly one way to say who."""
        if (self.email is None) == (self.username is None):
            raise Invalid.field(("body", "email"), "either email or username is required, not both", "missing")
        return self

    @property
    def identifier(self) -> str:
        """The address or username as typed."""
        return str(self.email or self.username)


class ForgotPasswordIn(Schema):
    """Whose password is forgotten."""

    model_config = example({"email": "asha@example.com"})

    email: Email

    @property
    def identifier(self) -> str:
        """The address."""
        return self.email


class ResetPasswordIn(Schema):
    """The token of the mail and the new password."""

    model_config = example({"token": "the-token-in-the-link-of-the-mail", "password": EXAMPLE_PASSWORD})

    token: Annotated[str, Text(200)]
    password: NewPassword


class ChangePasswordIn(Schema):
    """The password so far and the new one."""

    model_config = example({"current_password": EXAMPLE_PASSWORD, "password": "Better-Horse-10"})

    current_password: GivenPassword
    password: NewPassword


class EraseIn(Schema):
    """The password, to prove that the account's owner wants it gone."""

    model_config = example({"password": EXAMPLE_PASSWORD})

    password: GivenPassword


class ProfileIn(Schema):
    """Fields of the profile to change; those left out stay as they are."""

    model_config = example(
        {"income": 85000, "first_name": "Asha", "timezone": "Asia/Kolkata", "settings": {"theme": "dark"}}
    )

    income: Annotated[Income, Field(description="A month's income, in the profile's currency.")] = unset()
    first_name: Annotated[str | None, TextOrNone(LONGEST_NAME)] = None
    last_name: Annotated[str | None, TextOrNone(LONGEST_NAME)] = None
    username: Username | None = None
    currency: Annotated[Currency, Field(description="A new currency keeps the number of the income.")] = unset()
    timezone: Timezone = unset()
    settings: Annotated[Settings, Field(description="The client's own; replaced as a whole.")] = unset()


class ProfileOut(Out):
    """An account, as its owner sees it."""

    model_config = example(
        {
            "_id": "65c1ef11b7e4d93f5a1c2e01",
            "email": "asha@example.com",
            "username": None,
            "first_name": "Asha",
            "last_name": None,
            "income": 85000,
            "currency": "INR",
            "timezone": "Asia/Kolkata",
            "settings": {"theme": "dark"},
            "role": "user",
            "subscription_tier": "free",
            "is_active": True,
            "last_login": "2026-02-01T06:30:00+00:00",
            "created_at": "2026-01-15T09:12:44+00:00",
        }
    )

    id: Id = Field(alias="_id")
    email: str
    username: str | None
    first_name: str | None
    last_name: str | None
    income: MoneyOut
    currency: Currency
    timezone: Timezone
    settings: dict[str, bool | int | str | None]
    role: str
    subscription_tier: Literal["free", "premium"]
    is_active: bool
    last_login: Instant | None
    created_at: Instant


class RegisteredOut(Out):
    """A new account."""

    message: str = Field(examples=["Welcome! Your account is ready."])
    user: ProfileOut


class TokensOut(Out):
    """A pair of tokens."""

    model_config = example(
        {
            "access_token": "the-access-token",
            "refresh_token": "the-refresh-token",
            "token_type": "Bearer",
            "expires_in": 900,
        }
    )

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds until the access token expires.")


class SessionOut(Out):
    """One signed-in browser or program."""

    model_config = example(
        {
            "_id": "65c1f001b7e4d93f5a1c2e11",
            "created_at": "2026-02-01T06:30:00+00:00",
            "last_used_at": "2026-02-01T08:10:05+00:00",
            "user_agent": "Firefox",
            "ip": "203.0.113.7",
            "current": True,
        }
    )

    id: Id = Field(alias="_id")
    created_at: Instant
    last_used_at: Instant = Field(description="When it signed in or last refreshed its tokens.")
    user_agent: str
    ip: str
    current: bool = Field(description="Whether it is the one asking.")


class SessionsOut(Out):
    """The live sessions, the latest used first."""

    sessions: list[SessionOut]
