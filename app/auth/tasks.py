"""What workers do for accounts."""

import hashlib
import logging
import secrets
from datetime import timedelta

from bson import ObjectId
from celery import shared_task
from pymongo.errors import PyMongoError

from app.auth import erasure, repository
from app.core import clock
from app.services import mailer

log = logging.getLogger(__name__)
RESET_TOKEN_LIFETIME = timedelta(hours=1)


def reset_token_hash(token: str) -> str:
    """What is stored of a reset token: it is 256 random bits, so a plain SHA-256 can't be reversed."""
    return hashlib.sha256(token.encode()).hexdigest()


# Nothing but the message knows of this mail, so MongoDB's failures are retried too. The longest pause stays
# well below the broker's visibility time-out, or the message would be handed out twice.
@shared_task(
    name="auth.send_reset_mail",
    autoretry_for=(mailer.MailUnavailable, PyMongoError),
    retry_backoff=True,
    retry_backoff_max=60,
    max_retries=20,
)
def send_reset_mail(user_id: str) -> None:
    """Mail a fresh reset token; made here, so that no token passes through the broker."""
    token = secrets.token_urlsafe(32)
    expires_at = clock.now() + RESET_TOKEN_LIFETIME
    user = repository.set_reset_token(ObjectId(user_id), reset_token_hash(token), expires_at)
    if user is None:
        return
    try:
        mailer.send_password_reset(user["email"], token)
    except mailer.MailRefused as error:
        log.error("the reset mail of account %s was refused: %s", user_id, error)


@shared_task(name="auth.sweep_erasures")
def sweep_erasures() -> None:
    """Delete what is left of erased accounts."""
    erasure.sweep()
