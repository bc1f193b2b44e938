"""Commands of an operator."""

from pathlib import Path
from typing import Any, BinaryIO

import click
from bson import ObjectId
from flask.cli import with_appcontext

from app.auth import service as accounts
from app.core import clock
from app.core.errors import Invalid
from app.imports import entry, repository
from app.models.users import User

Document = dict[str, Any]


@click.command("import-transactions")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--user", "email", required=True, help="Whose they are: the address of the account.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.option("--mapping", help='Where to find what in a CSV file: {"amount": "Umsatz"}.')
@click.option("--currency", help="Of rows that name none.")
@click.option("--date-format", help="How dates are written, such as DD/MM/YYYY.")
@with_appcontext
def import_transactions(file: Path, email: str, **options: Any) -> None:
    """Import the transactions in FILE, whatever its length."""
    user = accounts.with_address(email)
    if user is None:
        raise click.ClickException("There is no account with this address.")
    try:
        wishes = entry.wishes(options)
    except Invalid as error:
        raise click.ClickException(error.message) from None
    with file.open("rb") as stream:
        _tell(_imported(user, entry.new(user, file.name, wishes, ObjectId()), stream))


def _imported(user: User, job: Document, stream: BinaryIO) -> Document:
    from app.imports import working  # noqa: PLC0415 -- the readers and the vocabulary load where they are needed

    worker = ObjectId()
    repository.insert(
        user["_id"], {**job, "running": True, "worker": worker, "lease_until": clock.now() + repository.LEASE}
    )
    outcome: Document = {}
    try:
        with click.progressbar(length=1, label="Importing") as bar:

            def tell(progress: Any, total: int) -> None:
                bar.length = total
                bar.update(progress.processed - bar.pos)

            outcome = working.outcome_of(job, worker, stream, tell)
    finally:
        repository.settle(user["_id"], job["_id"], worker, outcome or working.failed(job, working.INTERRUPTED))
    return outcome


def _tell(outcome: Document) -> None:
    if outcome["state"] == "failed":
        raise click.ClickException(outcome["failure"]["message"])
    for fault in outcome["errors"]:
        click.echo(f"row {fault['row']}: {fault['field']}: {fault['msg']}", err=True)
    click.echo(f"created: {outcome['created']}")
    click.echo(f"duplicates: {outcome['duplicates']}")
    click.echo(f"invalid: {outcome['invalid']}")
    click.echo(f"possible matches: {outcome['match_count']}")


COMMANDS = (import_transactions,)
