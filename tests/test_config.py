"""Settings: what wins, and what production refuses."""

import hashlib
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

import config
from config import ROOT, ConfigurationError, Settings, load_settings

GOOD_SECRET = "Zk9-gq1T7xJd0vR4mWc8yBn2LhUs5EaPfQ6o"
FILE_KEY = b64encode(hashlib.sha256(b"of the tests").digest()).decode()
PRODUCTION = {"FLASK_ENV": "production", "JWT_SECRET_KEY": GOOD_SECRET, "FILE_ENCRYPTION_KEYS": f"1:{FILE_KEY}"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No variable set, and .env files in an empty directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(config, "ROOT", tmp_path)
    return tmp_path


def test_defaults(environment: Path) -> None:
    settings = load_settings()
    assert (settings.FLASK_ENV, settings.PORT, settings.DEFAULT_CURRENCY) == ("development", 5000, "INR")
    assert (settings.JWT_ACCESS_TOKEN_EXPIRES, settings.JWT_REFRESH_TOKEN_EXPIRES) == (900, 604800)
    assert (settings.BCRYPT_LOG_ROUNDS, settings.DEFAULT_TIMEZONE) == (12, "Asia/Kolkata")


def test_the_environment_wins_over_the_file_and_that_over_the_default(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (environment / ".env.local").write_text("PORT=5100\nMAIL_PORT=2525\n")
    monkeypatch.setenv("PORT", "5200")
    settings = load_settings()
    assert (settings.PORT, settings.MAIL_PORT, settings.TRUSTED_PROXIES) == (5200, 2525, 0)
    assert load_settings(PORT=5300).PORT == 5300


def test_each_environment_reads_its_own_file(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (environment / ".env.local").write_text("PORT=5100\n")
    lines = [f"{name}={value}\n" for name, value in {**PRODUCTION, "PORT": 5200}.items()]
    (environment / ".env.production").write_text("".join(lines))
    assert load_settings().PORT == 5100
    monkeypatch.setenv("FLASK_ENV", "production")
    assert (load_settings().PORT, load_settings().JWT_SECRET_KEY) == (5200, GOOD_SECRET)


def test_an_empty_variable_is_the_default(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name, "")
    assert load_settings() == Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "short",
        "x" * 31,
        config.DEVELOPMENT_SECRET,
        "change-me-change-me-change-me-change-me",
        "please-Change-This-to-something-random-1",
    ],
)
def test_production_refuses_a_secret_others_can_know(
    environment: Path, monkeypatch: pytest.MonkeyPatch, secret: str | None
) -> None:
    monkeypatch.setenv("FLASK_ENV", "production")
    if secret is not None:
        monkeypatch.setenv("JWT_SECRET_KEY", secret)
    with pytest.raises(ConfigurationError, match="JWT_SECRET_KEY") as refused:
        load_settings()
    assert not secret or secret == "short" or secret not in str(refused.value)


def test_production_starts_on_a_good_secret(environment: Path) -> None:
    assert load_settings(**PRODUCTION).JWT_SECRET_KEY == GOOD_SECRET


@pytest.mark.parametrize(
    "keys",
    [
        None,
        "",
        config.DEVELOPMENT_FILE_KEYS,
        config.DEVELOPMENT_FILE_KEYS.replace("development", "1"),
        f"1:{FILE_KEY},{config.DEVELOPMENT_FILE_KEYS}",
        f"1:{b64encode(bytes(32)).decode()}",
        f"1:{b64encode(b'0123456789abcde' * 2 + b'01').decode()}",
    ],
)
def test_production_refuses_a_file_key_others_can_know(
    environment: Path, monkeypatch: pytest.MonkeyPatch, keys: str | None
) -> None:
    for name, value in {**PRODUCTION, "FILE_ENCRYPTION_KEYS": keys or ""}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match="FILE_ENCRYPTION_KEYS"):
        load_settings()


@pytest.mark.parametrize(
    "keys",
    [
        "x" * 44,
        FILE_KEY,
        f"1:{b64encode(b'0123456789' * 3).decode()}",
        f"1:{b64encode(b'01234567890' * 3).decode()}",
        f"a b:{FILE_KEY}",
        f"1:{FILE_KEY},1:{FILE_KEY}",
        f"1:{FILE_KEY},",
        "1:",
        ",",
    ],
)
def test_file_keys_that_cannot_be_read_are_refused_and_not_repeated(environment: Path, keys: str) -> None:
    with pytest.raises(ConfigurationError, match="FILE_ENCRYPTION_KEYS") as refused:
        load_settings(FILE_ENCRYPTION_KEYS=keys)
    assert all(part not in str(refused.value) for part in re.split("[:,]", keys) if len(part) > 9)


def test_the_first_file_key_is_the_one_for_new_files(environment: Path) -> None:
    keys = load_settings(FILE_ENCRYPTION_KEYS=f"new:{FILE_KEY}, old:{FILE_KEY}").file_keys
    assert list(keys) == ["new", "old"]
    assert [len(key) for key in keys.values()] == [32, 32]


@pytest.mark.parametrize("missing", ["S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_s3_needs_a_bucket_and_its_keys(environment: Path, missing: str) -> None:
    given = dict.fromkeys(("S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "something")
    assert load_settings(STORAGE_BACKEND="s3", **given).S3_BUCKET == "something"
    with pytest.raises(ConfigurationError, match=missing):
        load_settings(STORAGE_BACKEND="s3", **{**given, missing: ""})


def test_production_refuses_a_quick_password_hash() -> None:
    with pytest.raises(ConfigurationError, match="BCRYPT_LOG_ROUNDS"):
        load_settings(**PRODUCTION, BCRYPT_LOG_ROUNDS=4)


def test_production_refuses_gemini_without_its_key(environment: Path) -> None:
    with pytest.raises(ConfigurationError, match="GEMINI_API_KEY"):
        load_settings(**PRODUCTION, AI_PROVIDER="gemini")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("FLASK_ENV", "staging"),
        ("DEFAULT_CURRENCY", "RUPEE"),
        ("DEFAULT_CURRENCY", "XXX"),
        ("DEFAULT_TIMEZONE", "Asia/Nowhere"),
        ("FRONTEND_URL", "app.example.com"),
        ("FRONTEND_URL", "https://app.example.com/path"),
        ("FRONTEND_URL", "*"),
        ("FRONTEND_URL", "https://*.example.com"),
        ("FRONTEND_URL", "https://u:p@example.com"),
        ("FRONTEND_URL", " , "),
        ("MONGO_URI", "nonsense"),
        ("MONGO_URI", "mongodb://127.0.0.1:27017"),
        ("REDIS_URL", "nonsense"),
        ("BROKER_URL", "amqp://127.0.0.1"),
        ("RATELIMIT_LOGIN_ACCOUNT", "often"),
        ("LOG_LEVEL", "LOUD"),
        ("TRUSTED_PROXIES", "-1"),
        ("JWT_ACCESS_TOKEN_EXPIRES", "0"),
        ("AI_PROVIDER", "crystal ball"),
        ("STORAGE_BACKEND", "attic"),
        ("MAX_UPLOAD_SIZE", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    environment: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        load_settings()


def test_several_faults_are_named_at_once(environment: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings(PORT=0, LOG_LEVEL="LOUD")
    assert {"PORT", "LOG_LEVEL"} <= set(re.findall(r"[A-Z_]+", str(refused.value)))


def test_origins_are_compared_without_a_slash(environment: Path) -> None:
    settings = load_settings(FRONTEND_URL="http://localhost:3000/, https://app.example.com")
    assert settings.origins_list == ["http://localhost:3000", "https://app.example.com"]


def test_the_example_names_exactly_the_variables_there_are() -> None:
    written = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(written) == len(set(written))
    assert set(written) == set(Settings.model_fields)


def test_the_environment_is_read_in_one_place() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        reads = set(re.findall(r"os\.(?:environ\S*|getenv\S*)", path.read_text()))
        assert path.name == "metrics.py" or not reads, (path, reads)


def test_a_refused_start_says_why_in_a_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import run"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FLASK_ENV": "production", "JWT_SECRET_KEY": "too-short-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "JWT_SECRET_KEY" in done.stderr
    assert "too-short-1" not in done.stderr
