"""The field types of accounts: address, username, password, settings."""

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

import email_validator
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core.types import CONTROL, PLAIN_TEXT

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
LONGEST_PASSWORD_BYTES = 72  # bcrypt reads no further
SHORTEST_PASSWORD = 8
LONGEST_SETTING = 500
LARGEST_INTEGER = 2**53  # JavaScript reads larger ones wrongly
# Private networks and test set-ups have mail servers under these two.
for reserved in ("local", "test"):
    email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(reserved)


def normal_email(written: str) -> str:
    """The form in which addresses are stored and compared: lower case, the domain as Unicode.

    An internationalised part before the @ (RFC 6531) is refused: mail to it could not be sent.

    Raises:
        ValueError: it is not an address.
    """
    valid = email_validator.validate_email(written, check_deliverability=False, allow_smtputf8=False, strict=True)
    return valid.normalized.lower()


def _email(written: str) -> str:
    try:
        return normal_email(written)
    except ValueError:
        raise PydanticCustomError("email", "must be a valid e-mail address") from None


LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
DOMAIN = r"([A-Za-z0-9]+(-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,63}"
Email = Annotated[
    str,
    StringConstraints(max_length=LONGEST_EMAIL),
    AfterValidator(_email),
    WithJsonSchema(
        {"type": "string", "format": "email", "maxLength": LONGEST_EMAIL, "pattern": f"^{LOCAL_PART}@{DOMAIN}$"}
    ),
]
Username = Annotated[
    str,
    StringConstraints(min_length=3, max_length=30, pattern=r"^[A-Za-z0-9._-]+$"),
]


def _is_special(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


PASSWORD_RULES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("password_short", f"must have at least {SHORTEST_PASSWORD} characters", lambda p: len(p) >= SHORTEST_PASSWORD),
    ("password_upper", "must have an upper-case letter", lambda p: any(map(str.isupper, p))),
    ("password_digit", "must have a digit", lambda p: any(map(str.isdecimal, p))),
    ("password_special", "must have a special character", lambda p: any(map(_is_special, p))),
    (
        "password_long",
        f"must have at most {LONGEST_PASSWORD_BYTES} bytes in UTF-8",
        lambda p: len(p.encode()) <= LONGEST_PASSWORD_BYTES,
    ),
)


def _good_password(password: str) -> str:
    unmet = [
        {"type": PydanticCustomError(kind, message), "input": None}
        for kind, message, is_met in PASSWORD_RULES
        if not is_met(password)
    ]
    if unmet:
        raise ValidationError.from_exception_data("password", unmet)  # type: ignore[arg-type]
    return password


# A password is taken as typed: never trimmed, never normalised.
NewPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    AfterValidator(_good_password),
    WithJsonSchema(
        {
            "type": "string",
            "format": "password",
            "minLength": SHORTEST_PASSWORD,
            "maxLength": LONGEST_PASSWORD_BYTES,
            "pattern": rf"^(?=.*[A-Z])(?=.*[0-9])(?=.*[!-/:-@\[-`{{-~])[^{CONTROL}]*$",
            "description": "At least 8 characters, an upper-case letter, a digit and a special character; "
            "at most 72 bytes in UTF-8.",
        }
    ),
]
GivenPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=1),
    WithJsonSchema({"type": "string", "format": "password", "minLength": 1, "pattern": rf"^[^{CONTROL}]+$"}),
]


def _setting(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        if len(value) <= LONGEST_SETTING:
            return value
    elif value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= LARGEST_INTEGER):
        return value
    raise PydanticCustomError("setting", "must be true, false, null, a whole number or text of at most 500 characters")


SettingName = Annotated[str, StringConstraints(strip_whitespace=False, pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SettingValue = Annotated[
    Any,
    BeforeValidator(_setting),
    WithJsonSchema(
        {
            "type": ["boolean", "integer", "string", "null"],
            "minimum": -LARGEST_INTEGER,
            "maximum": LARGEST_INTEGER,
            "maxLength": LONGEST_SETTING,
            "pattern": PLAIN_TEXT,
        }
    ),
]
Settings = Annotated[
    dict[SettingName, SettingValue], Field(max_length=50, json_schema_extra={"additionalProperties": False})
]
