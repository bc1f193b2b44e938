"""Programs of Debian's that some tests drive; `.ci/run` installs them."""

import os
import shutil
from pathlib import Path

import pytest

PATHS = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def program(name: str, package: str) -> str:
    """Where a program is; a test that needs one which isn't there is skipped, but in CI it fails."""
    return _present(shutil.which(name, path=PATHS), package)


def library(pattern: str, package: str) -> str:
    """Where a shared library is, whatever the machine's architecture."""
    return _present(next(map(str, Path("/usr/lib").glob(pattern)), None), package)


def font(name: str, package: str) -> str:
    """Where a TrueType font is, under Debian's folder for them."""
    path = Path("/usr/share/fonts/truetype", name)
    return _present(str(path) if path.exists() else None, package)


def _present(found: str | None, package: str) -> str:
    if found is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"needs Debian's {package}: apt-get install {package}")
    assert found
    return found
