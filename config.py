"""Settings: the only place that reads the environment.

Environment variables win over `.env.production` (when FLASK_ENV=production) or
`.env.local` (otherwise), which win over the defaults below.
"""

import hashlib
import os
import re
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from iso4217 import Currency
from limits import parse_many
from pydantic import Field, HttpUrl, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET = "development-only-secret-not-for-production"  # noqa: S105 -- refused in production below
SECRET_MINIMUM_BYTES = 32
FILE_KEY = re.compile(r"([A-Za-z0-9._-]{1,32}):([A-Za-z0-9+/]{43}=)")  # an id, and 32 bytes in Base64
FILE_KEY_LEAST_VARIETY = 16  # of 32 random bytes some 30 differ
DEVELOPMENT_FILE_KEYS = f"development:{b64encode(hashlib.sha256(DEVELOPMENT_SECRET.encode()).digest()).decode()}"
SAFE_HASH_ROUNDS = 12
# Nothing that flask-cors would take for a pattern.
ORIGIN = re.compile(r"https?://([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)(:[0-9]{1,5})?/?")
LIMITED = ("LOGIN_ACCOUNT", "LOGIN_ADDRESS", "REGISTER", "FORGOT_PASSWORD", "REFRESH", "UPLOAD", "EXPENSIVE")
RATE_LIMITS = tuple(f"RATELIMIT_{name}" for name in LIMITED)


class ConfigurationError(RuntimeError):
    """The environment can't be used; the message names the variables to set."""


class Settings(BaseSettings):
    """What an operator can set; `.env.example` explains each variable."""

    model_config = SettingsConfigDict(case_sensitive=True, env_ignore_empty=True, extra="ignore")

    FLASK_ENV: Literal["development", "production", "testing"] = "development"
    PORT: int = Field(5000, ge=1, le=65535)
    DATA_DIR: Path = Path(".data")
    LOG_DIR: Path = Path("logs")
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    LOG_FORMAT: Literal["text", "json"] = "text"

    MONGO_URI: str = "mongodb://127.0.0.1:27017/finsight"
    REDIS_URL: str = "redis://127.0.0.1:6379/0"
    BROKER_URL: str = ""
    RESULT_BACKEND: str = ""

    JWT_SECRET_KEY: str = Field(DEVELOPMENT_SECRET, min_length=1)
    JWT_ACCESS_TOKEN_EXPIRES: int = Field(15 * 60, ge=1)
    JWT_REFRESH_TOKEN_EXPIRES: int = Field(7 * 24 * 3600, ge=1)
    AUTH_COOKIES: bool = False
    BCRYPT_LOG_ROUNDS: int = Field(SAFE_HASH_ROUNDS, ge=4, le=16)

    STORAGE_BACKEND: Literal["gridfs", "s3"] = "gridfs"
    FILE_ENCRYPTION_KEYS: str = DEVELOPMENT_FILE_KEYS
    MAX_UPLOAD_SIZE: int = Field(10 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    MAX_IMPORT_SIZE: int = Field(128 * 1024 * 1024, ge=1024, le=1024 * 1024 * 1024)
    AWS_ACCESS_KEY_ID: str = ""
    AWS_SECRET_ACCESS_KEY: str = ""
    AWS_REGION: str = "us-east-1"
    S3_BUCKET: str = ""
    S3_ENDPOINT_URL: str = ""

    RATELIMIT_ENABLED: bool = True
    RATELIMIT_LOGIN_ACCOUNT: str = "5/minute"
    RATELIMIT_LOGIN_ADDRESS: str = "20/minute"
    RATELIMIT_REGISTER: str = "10/hour"
    RATELIMIT_FORGOT_PASSWORD: str = "3/hour"  # noqa: S105 -- a rate, not a password
    RATELIMIT_REFRESH: str = "30/minute"
    RATELIMIT_UPLOAD: str = "300/minute"
    RATELIMIT_EXPENSIVE: str = "120/minute"

    AI_PROVIDER: Literal["auto", "gemini", "local"] = "auto"
    GEMINI_API_KEY: str = ""
    GEMINI_MODEL: str = "gemini-2.5-flash"
    GEMINI_API_ENDPOINT: str = ""
    RAG_SERVICE_URL: HttpUrl | None = None

    MAIL_SERVER: str = ""
    MAIL_PORT: int = 587
    MAIL_USE_TLS: bool = True
    MAIL_USERNAME: str = ""
    MAIL_PASSWORD: str = ""
    MAIL_DEFAULT_SENDER: str = "FinSight <no-reply@localhost>"

    FRONTEND_URL: str = "http://localhost:3000"
    DEFAULT_CURRENCY: str = "INR"
    DEFAULT_TIMEZONE: str = "Asia/Kolkata"
    TRUSTED_PROXIES: int = Field(0, ge=0, le=10)

    @field_validator("DEFAULT_CURRENCY")
    @classmethod
    def known_currency(cls, value: str) -> str:
        """An ISO 4217 code with a number of decimals."""
        if Currency(value).exponent is None:
            raise ValueError("has no decimals in ISO 4217")
        return value

    @field_validator("DEFAULT_TIMEZONE")
    @classmethod
    def known_timezone(cls, value: str) -> str:
        """An IANA zone name."""
        try:
            ZoneInfo(value)
        except (KeyError, OSError):
            raise ValueError(f"{value} is not an IANA time zone such as Asia/Kolkata") from None
        return value

    @field_validator(*RATE_LIMITS)
    @classmethod
    def readable_rate(cls, value: str) -> str:
        """A rate such as 5/minute."""
        parse_many(value)
        return value

    @field_validator("MONGO_URI")
    @classmethod
    def names_a_database(cls, value: str) -> str:
        """A connection string with the name of the database."""
        parts = urlsplit(value)
        if parts.scheme not in ("mongodb", "mongodb+srv") or not parts.path.strip("/"):
            raise ValueError("must be like mongodb://host:27017/finsight, with the name of the database")
        return value

    @field_validator("REDIS_URL", "BROKER_URL", "RESULT_BACKEND")
    @classmethod
    def is_redis(cls, value: str) -> str:
        """A Redis URL, or nothing where another setting stands in."""
        if value and urlsplit(value).scheme not in ("redis", "rediss"):
            raise ValueError("must be like redis://host:6379/0")
        return value

    @field_validator("FILE_ENCRYPTION_KEYS")
    @classmethod
    def readable_keys(cls, value: str) -> str:
        """Keys by their ids: NEW:KEY,OLD:KEY."""
        return value if file_keys(value) else ""

    @field_validator("FRONTEND_URL")
    @classmethod
    def origins(cls, value: str) -> str:
        """Comma-separated origins: scheme and host, no path."""
        if not value.strip(" ,"):
            raise ValueError("needs at least one origin like https://app.example.com")
        for origin in filter(None, map(str.strip, value.split(","))):
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is not an origin like https://app.example.com")
        return value

    @model_validator(mode="after")
    def reachable_storage(self) -> "Settings":
        """S3 needs a bucket and the keys to it."""
        needed = (self.S3_BUCKET, self.AWS_ACCESS_KEY_ID, self.AWS_SECRET_ACCESS_KEY)
        if self.STORAGE_BACKEND == "s3" and not all(needed):
            raise ValueError("STORAGE_BACKEND s3 needs S3_BUCKET, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        return self

    @model_validator(mode="after")
    def production_secrets(self) -> "Settings":
        """Production never starts on a secret that others know or can guess."""
        if self.FLASK_ENV != "production":
            return self
        secret = self.JWT_SECRET_KEY.strip()
        if secret == DEVELOPMENT_SECRET or "change" in secret.lower() or len(secret.encode()) < SECRET_MINIMUM_BYTES:
            raise ValueError(
                "JWT_SECRET_KEY must be set to a random secret of at least 32 bytes; "
                "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        known = file_keys(DEVELOPMENT_FILE_KEYS).values()
        if any(key in known or len(set(key)) < FILE_KEY_LEAST_VARIETY for key in self.file_keys.values()):
            raise ValueError('FILE_ENCRYPTION_KEYS must be set; make one with: echo "1:$(openssl rand -base64 32)"')
        if self.BCRYPT_LOG_ROUNDS < SAFE_HASH_ROUNDS:
            raise ValueError(f"BCRYPT_LOG_ROUNDS must be at least {SAFE_HASH_ROUNDS} in production")
        if self.AI_PROVIDER == "gemini" and not self.GEMINI_API_KEY:
            raise ValueError("GEMINI_API_KEY must be set when AI_PROVIDER is gemini")
        return self

    @property
    def origins_list(self) -> list[str]:
        """The browser origins that may call the API, without trailing slash."""
        return [origin.strip().rstrip("/") for origin in self.FRONTEND_URL.split(",") if origin.strip()]

    @property
    def broker_url(self) -> str:
        """Where Celery's messages go; the main Redis unless set apart."""
        return self.BROKER_URL or self.REDIS_URL

    @property
    def uses_gemini(self) -> bool:
        """Whether AI entries are read by Google Gemini rather than the embedded parser."""
        return self.AI_PROVIDER == "gemini" or (self.AI_PROVIDER == "auto" and bool(self.GEMINI_API_KEY))

    @property
    def file_keys(self) -> dict[str, bytes]:
        """The keys of stored files by their ids; the first one encrypts new files."""
        return file_keys(self.FILE_ENCRYPTION_KEYS)

    def flask_config(self) -> dict[str, Any]:
        """The same settings under the names the Flask extensions read."""
        config = self.model_dump()
        config.update(
            JWT_ACCESS_TOKEN_EXPIRES=timedelta(seconds=self.JWT_ACCESS_TOKEN_EXPIRES),
            JWT_REFRESH_TOKEN_EXPIRES=timedelta(seconds=self.JWT_REFRESH_TOKEN_EXPIRES),
            JWT_TOKEN_LOCATION=["headers", "cookies"] if self.AUTH_COOKIES else ["headers"],
            JWT_COOKIE_SECURE=True,
            JWT_COOKIE_SAMESITE="Lax",
            JWT_COOKIE_CSRF_PROTECT=True,
            JWT_REFRESH_COOKIE_PATH="/api/auth",
            JWT_REFRESH_CSRF_COOKIE_PATH="/",
            JWT_SESSION_COOKIE=False,
            JWT_ALGORITHM="HS256",
            MAIL_SUPPRESS_SEND=not self.MAIL_SERVER,
            RATELIMIT_STORAGE_URI=self.REDIS_URL,
            RATELIMIT_HEADERS_ENABLED=True,
            RATELIMIT_SWALLOW_ERRORS=False,
        )
        return config


def file_keys(text: str) -> dict[str, bytes]:
    """AES-256 keys by their ids, in the order given; ValueError, without repeating any, if it is something else."""
    found = [FILE_KEY.fullmatch(entry.strip()) for entry in text.split(",")]
    keys = {match[1]: b64decode(match[2]) for match in found if match}
    if len(keys) != len(found):
        raise ValueError("must be like NEW:KEY,OLD:KEY, each id only once and each key 32 bytes in Base64")
    return keys


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win over everything (tests).

    Raises:
        ConfigurationError: with one line for each variable that can't be used.
    """
    production = (overrides.get("FLASK_ENV") or os.environ.get("FLASK_ENV")) == "production"
    env_file = ROOT / (".env.production" if production else ".env.local")
    try:
        return Settings(_env_file=env_file, **overrides)  # type: ignore[call-arg]
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}" for fault in error.errors()]
        raise ConfigurationError("The configuration can't be used:\n  " + "\n  ".join(lines)) from None
