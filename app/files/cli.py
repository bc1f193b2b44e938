"""Commands about stored files."""

import click
from flask.cli import with_appcontext
from pymongo.errors import PyMongoError

from app.files import rotation
from app.services.storage import StorageUnavailable


@click.command("rotate-file-keys")
@with_appcontext
def rotate_file_keys() -> None:
    """Seal files anew that carry another key than the first of FILE_ENCRYPTION_KEYS."""
    try:
        counts = rotation.rotate()
    except (StorageUnavailable, PyMongoError) as error:
        raise click.ClickException(f"{error} What is done stays done: run this again.") from error
    click.echo(f"sealed anew: {counts.resealed}, up to date: {counts.kept}")
    if counts.unreadable:
        raise click.ClickException(f"{counts.unreadable} can't be opened; the log names them.")


COMMANDS = (rotate_file_keys,)
