"""Commands of an administrator."""

import click
from flask.cli import with_appcontext

from app.auth import repository, service
from app.auth.identifiers import canonical


@click.command("disable-user")
@click.argument("email")
@with_appcontext
def disable_user(email: str) -> None:
    """Disable an account and end its sessions."""
    _set_active(email, active=False)
    click.echo("The account is disabled.")


@click.command("enable-user")
@click.argument("email")
@with_appcontext
def enable_user(email: str) -> None:
    """Enable a disabled account."""
    _set_active(email, active=True)
    click.echo("The account is enabled.")


def _set_active(email: str, *, active: bool) -> None:
    user = repository.by_email(canonical(email))
    if user is None:
        raise click.ClickException("There is no account with this address.")
    service.set_active(user, active)


COMMANDS = (disable_user, enable_user)
