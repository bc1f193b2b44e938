"""What tests of stored files share."""

import os
from base64 import b64encode


def new_file_keys(*ids: str) -> str:
    """FILE_ENCRYPTION_KEYS with a random key for each id."""
    return ",".join(f"{key_id}:{b64encode(os.urandom(32)).decode()}" for key_id in ids)
