"""Commands for operators: `flask --app run COMMAND`."""

from pathlib import Path

import click
from flask import Flask
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.auth.cli import COMMANDS as ACCOUNT_COMMANDS
from app.core import backup, freshness, gauges, indexes
from app.files.cli import COMMANDS as FILE_COMMANDS
from app.imports.cli import COMMANDS as IMPORT_COMMANDS

DIRECTORY = click.argument("directory", type=click.Path(path_type=Path))


@click.command("ensure-indexes")
def ensure_indexes() -> None:
    """Create the database indexes that are missing."""
    for name in indexes.ensure():
        click.echo(name)


@click.command("backup")
@DIRECTORY
def back_up(directory: Path) -> None:
    """Write all documents and indexes to a new DIRECTORY, readable by its owner alone."""
    try:
        _say(backup.dump(directory))
        gauges.note_backup()
    except (backup.BackupError, PyMongoError, OSError) as error:
        raise click.ClickException(f"No backup was made. {error}") from error


@click.command("restore")
@DIRECTORY
def restore(directory: Path) -> None:
    """Put the backup in DIRECTORY into the database, which has to be empty."""
    try:
        freshness.forget_everybody()  # before anything is written: without Redis there is no restore
        _say(backup.restore(directory))
        freshness.forget_everybody()
    except (backup.BackupError, PyMongoError, RedisError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _say(counts: dict[str, int]) -> None:
    for name, count in counts.items():
        click.echo(f"{name}: {count}")


def register(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (ensure_indexes, back_up, restore, *ACCOUNT_COMMANDS, *FILE_COMMANDS, *IMPORT_COMMANDS):
        app.cli.add_command(command)
