"""What contracts with a file are made of: the file, the form around it, base64 inside of JSON."""

import binascii
import re
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO, ClassVar

from flask import current_app
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.core.errors import FileTooLarge

MEBIBYTE = 1024 * 1024
DATA_URL = re.compile(r"^(?:data:[A-Za-z0-9/+.;=-]{0,100},)?")


@dataclass(frozen=True)
class Sent:
    """What is documented as a file of a form."""

    filename: str

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "examples": ["(the bytes of the file)"],
        }


@dataclass(frozen=True)
class UploadedFile(Sent):
    """A file as a client sent it; nothing of it has been checked but its size."""

    content: bytes


@dataclass(frozen=True)
class LongFile(Sent):
    """A file that may be too large for the memory, readable until its request ends; only its size has been checked."""

    stream: BinaryIO
    size: int
    sha256: str


def _from_base64(text: Any) -> bytes:
    if not isinstance(text, str):
        raise PydanticCustomError("string_type", "must be text in Base64")
    encoded = DATA_URL.sub("", text.strip(), count=1)
    # Without an application, it is an example of the documentation's.
    if current_app and len(encoded) // 4 * 3 - 2 > current_app.config["MAX_UPLOAD_SIZE"]:
        raise too_large()
    try:
        if len(encoded) % 4:
            raise ValueError("binascii forgives padding that is not needed")
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:  # a character that isn't ASCII, or not of the alphabet; wrong padding
        raise PydanticCustomError("base64", "must be a file in Base64 (RFC 4648, section 4)") from None


# A file inside of JSON: Base64 without line breaks, its padding included; what a data URL (RFC 2397) says about the
# type counts no more than a file's name does.
Base64File = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{DATA_URL.pattern[1:]}(?:[A-Za-z0-9+/]{{4}})*(?:[A-Za-z0-9+/]{{2}}==|[A-Za-z0-9+/]{{3}}=)?$",
            "contentEncoding": "base64",
            "examples": ["/9j/4AAQSkZJRg=="],
        }
    ),
]


class Form(BaseModel):
    """The fields of multipart/form-data: text is read as numbers where declared, an empty field counts as absent."""

    LARGEST: ClassVar[str] = "MAX_UPLOAD_SIZE"  # the setting that limits its file

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class LongForm(Form):
    """A form whose file is a LongFile: larger ones than others, which are in the temporary folder meanwhile."""

    LARGEST: ClassVar[str] = "MAX_IMPORT_SIZE"


def too_large(setting: str = "MAX_UPLOAD_SIZE") -> FileTooLarge:
    """The error that names the limit, which is a setting."""
    limit = current_app.config[setting]
    size = f"{limit // MEBIBYTE} MiB" if limit % MEBIBYTE == 0 else f"{limit:,} bytes"
    return FileTooLarge(f"The file is too large. It may have at most {size}.")
