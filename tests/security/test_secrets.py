"""No secret is in the repository: every file that git knows, looked through by detect-secrets."""

import subprocess
from pathlib import Path

import pytest
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

from config import ROOT

# Each is made up, and no door anywhere opens to it.
MADE_UP = {
    ".env.example": {"password"},
    "README.md": {"Correct-Horse-9"},
    "app/auth/schemas.py": {"Correct-Horse-9"},
    "bench/data.py": {"Benchmark-1"},
    "bench/receipts.py": {"Bench-password-1"},
    "bench/exports.py": {"Bench-password-1"},
    "bench/imports.py": {"Bench-password-1"},
    "bench/footprint.py": {"Footprint-9"},
    "config.py": {"development-only-secret-not-for-production"},
    "deploy/k8s/ingress.yaml": {"finsight-tls"},
    "dev/demo.py": {"Demo-Year-365"},
    "dev/directory.py": {"jwt_secret"},
    "docs/operations.md": {"PASSWORD"},
    "tests/statements/test_csv_banks.py": {f"{number}AB23456CD789012E" for number in (1, 2)},
    "tests/test_rag.py": {"0123456789abcdef" + "01234567"},
    "tests/test_config.py": {"Zk9-gq1T7xJd0vR4m" + "Wc8yBn2LhUs5EaPfQ6o"},
}
# In tests people and databases have passwords; a key or a token that looks real is found there, too.
PASSWORDS = {"Secret Keyword", "Basic Auth Credentials"}


def tracked() -> list[str]:
    """The files in git, as they are here."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: what is in the repository is not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def secrets_in(path: Path) -> set[tuple[str, str]]:
    """Kind and value of what looks like a secret in a file."""
    found = SecretsCollection()
    with default_settings():
        found.scan_file(str(path))
    return {(secret.type, secret.secret_value or "") for _, secret in found}


def test_no_file_holds_a_secret() -> None:
    for name in tracked():
        ignored = PASSWORDS if name.startswith("tests/") else set()
        values = {value for kind, value in secrets_in(ROOT / name) if kind not in ignored}
        assert values <= MADE_UP.get(name, set()), name


def test_no_environment_of_anybody_is_in_git() -> None:
    names = tracked()
    assert ".env.example" in names
    assert not [name for name in names if Path(name).name.startswith(".env") and name != ".env.example"]
    assert not [name for name in names if Path(name).suffix in (".pem", ".key", ".p12", ".pfx", ".kdbx")]


@pytest.mark.parametrize("parts", [
    ("-----BEGIN ", "RSA PRIVATE KEY-----"),
    ("key = 'AKIA", "IOSFODNN7EXAMPLF'"),
    ("token = 'ghp_", "16C7e42F292c6912E7710c838347Ae178B4a'"),
    ("uri = 'mongodb://user:", "h4rd-to-guess@db.example.com/finsight'"),
    ("jwt = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
     "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'"),
    ("JWT_SECRET_KEY = 'hV7", "q2LzP0xR4mWc8yBn2LhUs5EaPfQ6oTk1'"),
], ids=lambda parts: parts[0][:12])  # fmt: skip
def test_a_secret_would_be_found(tmp_path: Path, parts: tuple[str, str]) -> None:
    file = tmp_path / "settings.py"
    file.write_text("".join(parts) + "\n")
    assert secrets_in(file)
