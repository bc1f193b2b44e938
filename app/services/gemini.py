"""Google Gemini: the only file that knows its SDK, which is imported when first used.

google-generativeai is past its end of life; its successor is a change to this file alone.
It is spoken to over REST (generateContent): `generate` is one attempt, `persist` tries again.
"""

import json
import logging
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as AttemptTimeout
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryError, Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from config import Settings

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

POOL = ThreadPoolExecutor(max_workers=64, thread_name_prefix="gemini")
OUTPUT_TOKENS = 1024
DOCUMENT_OUTPUT_TOKENS = 16_384  # its text and hundreds of line items
LONGEST_ATTEMPT_SECONDS = 30.0
LEAST_ATTEMPT_SECONDS = 1.0
LONGEST_ANSWER_BYTES = 300_000


class GeminiError(Exception):
    """Gemini gave no answer that can be used."""


class GeminiUnavailable(GeminiError):
    """Slow, down, over quota or refusing; trying again may help."""


class GeminiNonsense(GeminiError):
    """It answered, but not with a JSON object."""


class GeminiRefusal(GeminiUnavailable):
    """It won't have this request or this key; asking again would change nothing."""


@dataclass(frozen=True)
class Attachment:
    """A picture or PDF that goes along with a prompt."""

    content: bytes
    content_type: str


class DeadlineAdapter(HTTPAdapter):
    """Ends an answer that trickles in: requests' own time-out starts anew with every byte."""

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send, and read the whole answer within the time-out.

        Raises:
            ReadTimeout: the answer was not complete in time.
        """
        seconds = options.get("timeout") or LONGEST_ATTEMPT_SECONDS
        deadline = time.monotonic() + seconds
        response = super().send(*arguments, **{**options, "stream": True})
        body = bytearray()
        for byte in response.iter_content(1):
            body += byte
            if time.monotonic() > deadline or len(body) > LONGEST_ANSWER_BYTES:
                response.close()
                raise requests.ReadTimeout("the answer is late or endless")
        response._content = bytes(body)
        return response


def persist(attempt: Callable[[float], Answer], seconds: float, longest: float) -> Answer:
    """Call `attempt` until it succeeds, with growing pauses, for `seconds` in all.

    Args:
        attempt: is told how many seconds it may take; a GeminiError of it is worth another try, except a refusal.
        longest: of one attempt, in seconds.

    Raises:
        GeminiUnavailable: none succeeded in time.
    """
    deadline = time.monotonic() + seconds
    attempts = Retrying(
        stop=stop_after_delay(max(seconds - LEAST_ATTEMPT_SECONDS, 0)),
        wait=wait_exponential_jitter(multiplier=0.3, max=2, jitter=0.5),
        retry=retry_if_exception(lambda error: isinstance(error, GeminiError) and not isinstance(error, GeminiRefusal)),
    )

    def bounded() -> Answer:
        remaining = min(longest, deadline - time.monotonic())
        if remaining < LEAST_ATTEMPT_SECONDS:
            raise GeminiUnavailable("no time left")
        return attempt(remaining)

    try:
        return attempts(bounded)
    except RetryError as error:
        last = error.last_attempt.exception()
        log.warning("no answer: %r after %d attempts", last, error.last_attempt.attempt_number)
        raise GeminiUnavailable(str(last)) from None


def generate(
    settings: Settings,
    instruction: str,
    prompt: dict[str, str],
    schema: dict[str, Any],
    seconds: float,
    attachment: Attachment | None = None,
) -> dict[str, Any]:
    """Ask for one JSON object of the given schema.

    Args:
        settings: for GEMINI_API_KEY, GEMINI_MODEL and GEMINI_API_ENDPOINT.
        instruction: what to do; the untrusted texts of `prompt` are sent apart from it, as JSON.
        schema: of the answer, in the OpenAPI subset that Gemini takes.
        seconds: after which the attempt is given up, even if bytes still trickle in.
        attachment: what the prompt is about.

    Raises:
        GeminiUnavailable, GeminiRefusal, GeminiNonsense.
    """
    contents: list[Any] = [json.dumps(prompt, ensure_ascii=False)]
    options = {"response_schema": schema, "max_output_tokens": OUTPUT_TOKENS}
    if attachment:
        contents.insert(0, {"mime_type": attachment.content_type, "data": attachment.content})
        options["max_output_tokens"] = DOCUMENT_OUTPUT_TOKENS
    attempt = POOL.submit(_ask, settings, instruction, contents, options, seconds)
    try:
        answer = json.loads(attempt.result(timeout=seconds), parse_float=Decimal, parse_constant=Decimal)
    except AttemptTimeout:
        attempt.cancel()
        raise GeminiUnavailable("timeout") from None
    except (ValueError, RecursionError):
        raise GeminiNonsense("not JSON") from None
    if not isinstance(answer, dict):
        raise GeminiNonsense("not an object")
    return answer


def _ask(settings: Settings, instruction: str, contents: list[Any], options: dict[str, Any], seconds: float) -> str:
    model = _model(settings.GEMINI_API_KEY, settings.GEMINI_API_ENDPOINT, settings.GEMINI_MODEL, instruction)
    from google.api_core import exceptions  # noqa: PLC0415 -- heavy: only a worker that needs it pays

    refusals = (exceptions.BadRequest, exceptions.Unauthorized, exceptions.Forbidden, exceptions.NotFound)
    options = {**options, "response_mime_type": "application/json", "temperature": 0}
    try:
        request_options = {"timeout": seconds, "retry": None}
        reply = model.generate_content(contents, generation_config=options, request_options=request_options)
        return str(reply.text)
    except refusals as error:
        raise GeminiRefusal(type(error).__name__) from None
    except (exceptions.GoogleAPIError, requests.RequestException) as error:
        raise GeminiUnavailable(type(error).__name__) from None
    except Exception as error:  # blocked, empty or malformed answers surface as whatever the SDK trips over
        raise GeminiNonsense(type(error).__name__) from None


@lru_cache(maxsize=8)
def _model(key: str, endpoint: str, name: str, instruction: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the SDK announces its end at every import
        import google.generativeai as genai  # noqa: PLC0415 -- heavy
        from google.generativeai.client import get_default_generative_client  # noqa: PLC0415

    options = {"api_endpoint": endpoint} if endpoint else None
    genai.configure(api_key=key, transport="rest", client_options=options)
    session = get_default_generative_client().transport._session  # type: ignore[attr-defined]
    for scheme in ("https://", "http://"):
        session.mount(scheme, DeadlineAdapter())
    return genai.GenerativeModel(name, system_instruction=instruction)
