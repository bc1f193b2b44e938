"""The parts of Markdown files that can be held against the project: fenced blocks, commands, links."""

import re
from pathlib import Path
from typing import NamedTuple

from config import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCED = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)[^)]*\)")


class Block(NamedTuple):
    """A fenced block: its language and its text."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(*found) for found in FENCED.findall(page.read_text())]


def shell_scripts(page: Path) -> list[str]:
    """What a page gives to type into a shell; of a console block the lines after a `$`, continued by a backslash."""
    return [block.text if block.language == "bash" else typed(block.text) for block in blocks(page) if is_shell(block)]


def is_shell(block: Block) -> bool:
    """Whether a block is meant for a shell."""
    return block.language in ("bash", "console")


def typed(session: str) -> str:
    """The commands of a session."""
    lines: list[str] = []
    for line in session.splitlines():
        if line.startswith("$ "):
            lines.append(line[2:])
        elif lines and lines[-1].endswith("\\"):
            lines.append(line)
    return "\n".join(lines)


def local_links(page: Path) -> list[str]:
    """The links of a page into the project."""
    return [target for target in LINK.findall(page.read_text()) if "://" not in target]
