"""Google Gemini: the only file that knows its SDK, which is imported when first used.

google-generativeai is past its end of life; its successor is a change to this file alone.
It is spoken to over REST (generateContent), one attempt a call; retrying is the caller's.
"""

import json
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as AttemptTimeout
from decimal import Decimal
from functools import lru_cache
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from config import Settings

POOL = ThreadPoolExecutor(max_workers=64, thread_name_prefix="gemini")
OUTPUT_TOKENS = 1024
LONGEST_ATTEMPT_SECONDS = 30.0
LONGEST_ANSWER_BYTES = 100_000


class GeminiError(Exception):
    """Gemini gave no answer that can be used."""


class GeminiUnavailable(GeminiError):
    """Slow, down, over quota or refusing; trying again may help."""


class GeminiNonsense(GeminiError):
    """It answered, but not with a JSON object."""


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


def generate(
    settings: Settings, instruction: str, prompt: dict[str, str], schema: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Ask for one JSON object of the given schema.

    Args:
        settings: for GEMINI_API_KEY, GEMINI_MODEL and GEMINI_API_ENDPOINT.
        instruction: what to do; the untrusted texts of `prompt` are sent apart from it, as JSON.
        schema: of the answer, in the OpenAPI subset that Gemini takes.
        seconds: after which the attempt is given up, even if bytes still trickle in.

    Raises:
        GeminiUnavailable, GeminiNonsense.
    """
    attempt = POOL.submit(_ask, settings, instruction, json.dumps(prompt, ensure_ascii=False), schema, seconds)
    try:
        answer = json.loads(attempt.result(timeout=seconds), parse_float=Decimal, parse_constant=Decimal)
    except AttemptTimeout:
        attempt.cancel()
        raise GeminiUnavailable("timeout") from None
    except ValueError:
        raise GeminiNonsense("not JSON") from None
    if not isinstance(answer, dict):
        raise GeminiNonsense("not an object")
    return answer


def _ask(settings: Settings, instruction: str, prompt: str, schema: dict[str, Any], seconds: float) -> str:
    model = _model(settings.GEMINI_API_KEY, settings.GEMINI_API_ENDPOINT, settings.GEMINI_MODEL, instruction)
    from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415 -- heavy: only a worker that needs it pays

    options = {
        "response_mime_type": "application/json",
        "response_schema": schema,
        "temperature": 0,
        "max_output_tokens": OUTPUT_TOKENS,
    }
    try:
        request_options = {"timeout": seconds, "retry": None}
        reply = model.generate_content(prompt, generation_config=options, request_options=request_options)
        return str(reply.text)
    except (GoogleAPIError, requests.RequestException) as error:
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
