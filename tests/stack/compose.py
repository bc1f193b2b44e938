"""docker-compose.yml as Docker Compose reads it: with the variables of an env file put in."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from config import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
# ${NAME}, ${NAME:-default}, ${NAME:?refusal} and $$, which stands for a dollar sign.
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<if_empty>[-?])(?P<text>[^}]*))?\})")


class Refused(ValueError):
    """Compose would stop with this message."""


def resolved(value: Any, variables: Mapping[str, str]) -> Any:
    """A part of the file with the variables put in, an empty one counting as none.

    Raises:
        Refused: one that the file insists on is missing.
    """
    if isinstance(value, dict):
        return {name: resolved(part, variables) for name, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, variables) for part in value]
    return VARIABLE.sub(lambda found: _put_in(found, variables), value) if isinstance(value, str) else value


def _put_in(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found["name"] is None:
        return "$"
    known = variables.get(found["name"], "")
    if not known and found["if_empty"] == "?":
        raise Refused(f"{found['name']}: {found['text']}")
    return known or found["text"] or ""
