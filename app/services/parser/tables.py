"""The parser's word tables: TOML files in data/, each read once."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """The contents of data/<name>.toml; long texts become sets of their words, numbers with a point Decimals."""
    return {key: sets(value) for key, value in tomllib.loads(read(f"{name}.toml"), parse_float=Decimal).items()}


def read(name: str) -> str:
    """The text of a data file."""
    return (DATA / name).read_text(encoding="utf-8")


def sets(value: Any) -> Any:
    """The value with every multi-line text in it turned into the set of its words."""
    if isinstance(value, dict):
        return {key: sets(inner) for key, inner in value.items()}
    return frozenset(value.split()) if isinstance(value, str) and (" " in value or "\n" in value) else value
