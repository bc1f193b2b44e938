"""Files in a bucket of Amazon S3 or of a service that speaks its protocol."""

import logging
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.services.storage import Missing, StorageUnavailable, Stored
from config import Settings

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/octet-stream"  # what is stored is sealed
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 1.5, 4, 2
PAUSE_SECONDS = 2  # after a failure nobody waits for the storage for so long
CONNECTIONS = 16  # one for each thread of a process
ABSENT = {"NoSuchKey", "404", "NotFound"}
EMPTY = "InvalidRange"  # an object without a first byte
KEYS_AT_ONCE = 1000


class S3:
    """One bucket; nothing in it is public, and no request says otherwise."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._down_until = 0.0

    def put(self, key: str, content: bytes) -> None:
        """One request, so there is never half an object."""
        with self._asking():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=CONTENT_TYPE)

    def get(self, key: str, length: int | None = None) -> bytes:
        """One request, of a range where a length is given."""
        part = {} if length is None else {"Range": f"bytes=0-{length - 1}"}
        with self._asking():
            try:
                body: bytes = self._client.get_object(Bucket=self._bucket, Key=key, **part)["Body"].read()
            except ClientError as error:
                if _code(error) == EMPTY:
                    return b""
                raise
            return body

    def delete(self, prefix: str) -> None:
        """A thousand keys at a time."""
        while True:
            with self._asking():
                found = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=KEYS_AT_ONCE)
                keys = [{"Key": entry["Key"]} for entry in found.get("Contents", ())]
                if not keys:
                    return
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})
            if answer.get("Errors"):
                log.error("the storage refused to delete: %s", answer["Errors"][0].get("Code"))
                raise StorageUnavailable()

    def entries(self, after: str, limit: int) -> list[Stored]:
        """One request; S3 lists in the order of the keys' bytes."""
        with self._asking():
            found = self._client.list_objects_v2(Bucket=self._bucket, StartAfter=after, MaxKeys=limit)
        return [Stored(entry["Key"], entry["LastModified"]) for entry in found.get("Contents", ())]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Around a request: failures become ours; after one, nobody waits for a storage that is known to be down."""
        if time.monotonic() < self._down_until:
            raise StorageUnavailable()
        try:
            yield
        except ClientError as error:
            code = _code(error)
            if code in ABSENT:
                raise Missing() from None
            log.error("the storage refused: %s", code)
            raise StorageUnavailable() from None
        except BotoCoreError as error:
            log.warning("the storage is down: %s", type(error).__name__)
            self._down_until = time.monotonic() + PAUSE_SECONDS
            raise StorageUnavailable() from None


def open_storage(settings: Settings) -> S3:
    """The bucket of the settings; connects when first asked."""
    client = boto3.Session().client(
        "s3",
        aws_access_key_id=settings.AWS_ACCESS_KEY_ID,
        aws_secret_access_key=settings.AWS_SECRET_ACCESS_KEY,
        region_name=settings.AWS_REGION,
        endpoint_url=settings.S3_ENDPOINT_URL or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            signature_version="s3v4",
            # A bucket of another service may have no host of its own, and not know Amazon's newer checksums.
            s3={"addressing_style": "path" if settings.S3_ENDPOINT_URL else "auto"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    client.meta.events.register("before-call.s3.DeleteObjects", _add_digest)
    return S3(client, settings.S3_BUCKET)


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _add_digest(params: dict[str, Any], **_: Any) -> None:
    """The checksum that every service knows (RFC 1864): some still insist on it for a list of keys."""
    digest = md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = b64encode(digest).decode()
