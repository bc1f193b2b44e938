"""Commands for operators: `flask --app run COMMAND`."""

import click
from flask import Flask

from app.auth.cli import COMMANDS as ACCOUNT_COMMANDS
from app.core import indexes


@click.command("ensure-indexes")
def ensure_indexes() -> None:
    """Create the database indexes that are missing."""
    for name in indexes.ensure():
        click.echo(name)


def register(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (ensure_indexes, *ACCOUNT_COMMANDS):
        app.cli.add_command(command)
