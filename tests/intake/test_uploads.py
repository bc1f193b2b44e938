"""Files over the wire, on a real gunicorn: as a form or in JSON, counted while read, never too many at once."""

import base64
import hashlib
import json
import os
import threading
from collections import Counter
from typing import Any

import pytest
import requests

from tests.factories import Person
from tests.intake.conftest import Receiver
from tests.intake.files import drawing_bomb
from tests.security.test_wire import only
from tests.security.wire import Answer, answers, exchange, request
from tests.waiting import wait_until

LIMIT = 10 * 1024 * 1024
PATH = "/api/received/"
FORM_ONLY = "/api/received/form"
BOUNDARY = "a-boundary"
FORM = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"


def part(disposition: str, content: bytes = b"", *lines: str) -> bytes:
    head = "\r\n".join([f"--{BOUNDARY}", f"Content-Disposition: form-data; {disposition}", *lines, "", ""])
    return head.encode() + content + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def file_part(content: bytes = b"content", name: str = "file", filename: str = "a.jpg") -> bytes:
    return part(f'name="{name}"; filename="{filename}"', content)


def post(receiver: Receiver, person: Person, path: str = PATH, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {person.access_token}", **options.pop("headers", {})}
    return requests.post(f"{receiver.address}{path}", headers=headers, timeout=60, **options)


def send(receiver: Receiver, person: Person, body: bytes, *lines: str, path: str = PATH) -> Answer:
    """The only answer to this body with its length announced."""
    head = [f"Authorization: Bearer {person.access_token}", f"Content-Length: {len(body)}", *(lines or [FORM])]
    return only(exchange(receiver.address, request("POST", path, *head, body=body)))


def failure(found: Answer) -> dict[str, Any]:
    return json.loads(found.raw.partition(b"\r\n\r\n")[2])["data"]


def test_a_form_brings_a_file_and_typed_fields(receiver: Receiver, person: Person) -> None:
    content = os.urandom(3_000_000)
    fields = {"category": "Groceries", "notes": "  milk\r\nand eggs ", "copies": "3"}
    answer = post(receiver, person, files={"file": ("shop.jpg", content, "text/plain")}, data=fields)
    assert answer.status_code == 201, answer.text
    found = answer.json()["data"]
    assert (found["filename"], found["size"]) == ("shop.jpg", len(content))
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    assert found["fields"] == {"category": "Groceries", "notes": "milk\r\nand eggs", "copies": 3}


def test_an_empty_field_counts_as_absent(receiver: Receiver, person: Person) -> None:
    answer = post(receiver, person, files={"file": ("a", b"x")}, data={"category": "", "notes": ""})
    assert answer.json()["data"]["fields"] == {"copies": 1}


FAULTS: dict[str, tuple[bytes, list[str], str]] = {
    "no file": (multipart(part('name="notes"', b"milk")), ["file"], "missing"),
    "no file chosen": (multipart(file_part(b"", filename="")), ["file"], "missing"),
    "a text for a file": (multipart(part('name="file"', b"milk")), ["file"], "is_instance_of"),
    "a file for a text": (multipart(file_part(), file_part(name="notes")), ["notes"], "string_type"),
    "an unknown field": (multipart(file_part(), part('name="amount"', b"5")), ["amount"], "extra_forbidden"),
    "an unknown file": (multipart(file_part(), file_part(name="other")), ["other"], "extra_forbidden"),
    "two files": (multipart(file_part(), file_part()), ["file"], "sent_twice"),
    "a field twice": (multipart(file_part(), part('name="notes"', b"a"), part('name="notes"', b"b")), ["notes"],
                      "sent_twice"),
    "no number": (multipart(file_part(), part('name="copies"', b"many")), ["copies"], "int_parsing"),
    "no category": (multipart(file_part(), part('name="category"', b"Fun")), ["category"], "literal_error"),
    "a control character": (multipart(file_part(), part('name="notes"', b"a\0b")), ["notes"], "control_character"),
    "a name with one": (multipart(file_part(), part('name="a\x01"', b"a")), [], "control_character"),
    "a file's name with one": (multipart(file_part(name="a\x01")), [], "control_character"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_fields_at_fault_are_named(receiver: Receiver, person: Person, kind: str) -> None:
    body, loc, type_ = FAULTS[kind]
    found = send(receiver, person, body)
    assert found.status == 422, found.raw
    assert [(entry["loc"], entry["type"]) for entry in failure(found)["details"]] == [(["body", *loc], type_)]


UNREADABLE = {
    "empty": b"",
    "no boundary in it": b"x" * 1000,
    "cut off in the file": multipart(file_part(b"x" * 200_000))[:150_000],
    "cut off after the file": file_part(),
    "a part without a name": multipart(part("filename=a", b"x")),
    "a part without a disposition": f"--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
    "a head that isn't UTF-8": multipart(file_part().replace(b"a.jpg", b"\xff\xfe.jpg")),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_form_is_refused(receiver: Receiver, person: Person, kind: str) -> None:
    found = send(receiver, person, UNREADABLE[kind])
    assert (found.status, failure(found)["code"]) == (400, "unreadable_body")
    assert "multipart/form-data" in failure(found)["message"]


@pytest.mark.parametrize(
    "line", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"]
)
def test_a_form_needs_a_boundary(receiver: Receiver, person: Person, line: str) -> None:
    found = send(receiver, person, multipart(file_part()), f"Content-Type: {line}")
    assert (found.status, failure(found)["code"]) == (400, "unreadable_body")


@pytest.mark.parametrize(
    "line", ["Content-Type: text/plain", "X-None: 1", "Content-Type: application/x-www-form-urlencoded"]
)
@pytest.mark.parametrize("path", [PATH, FORM_ONLY])
def test_other_types_are_refused_with_the_right_one_named(
    receiver: Receiver, person: Person, path: str, line: str
) -> None:
    found = send(receiver, person, b"a=b", line, path=path)
    assert (found.status, failure(found)["code"]) == (415, "unsupported_media_type")
    assert "multipart/form-data" in failure(found)["message"]
    assert ("application/json" in failure(found)["message"]) == (path == PATH)


def test_json_is_refused_where_only_a_form_will_do(receiver: Receiver, person: Person) -> None:
    assert post(receiver, person, FORM_ONLY, json={"notes": "a"}).status_code == 415


def test_a_file_of_just_the_limit_is_taken(receiver: Receiver, person: Person) -> None:
    answer = post(receiver, person, files={"file": ("a", b"x" * LIMIT)}, data={"notes": "n" * 60_000})
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["size"] == LIMIT


FAT = multipart(file_part(b"x" * (LIMIT + 1)))
OVERSIZE = {
    "a byte too much": FAT,
    "far too much": multipart(file_part(b"x" * (4 * LIMIT))),
    "in lines": multipart(file_part(b"\r\n" * (LIMIT // 2 + 1))),
    "in a text": multipart(file_part(), part('name="notes"', b"x" * 300_000)),
    "in many texts": multipart(file_part(), *[part(f'name="n{number}"', b"x") for number in range(30)]),
    "in many files": multipart(*[file_part(b"x" * 4000, name=f"f{number}") for number in range(1000)]),
    "in a head": multipart(part(f'name="file"; filename="{"a" * 300_000}"', b"x")),
    "before the first part": b"x" * 300_000 + multipart(file_part()),
    "after the last part": multipart(file_part()) + b"x" * 300_000,
}


@pytest.mark.parametrize("kind", OVERSIZE)
@pytest.mark.parametrize("framing", ["announced", "in chunks"])
def test_what_is_too_large_is_refused(receiver: Receiver, person: Person, kind: str, framing: str) -> None:
    body = OVERSIZE[kind]
    headers = {"Content-Type": FORM.partition(": ")[2]}
    answer = post(receiver, person, data=body if framing == "announced" else iter([body]), headers=headers)
    assert (answer.status_code, answer.json()["data"]["code"]) == (413, "too_large")
    assert "10 MiB" in answer.json()["message"]


def test_what_is_announced_is_not_waited_for(receiver: Receiver, person: Person) -> None:
    head = request("POST", PATH, FORM, f"Authorization: Bearer {person.access_token}", f"Content-Length: {10**12}")
    found = only(exchange(receiver.address, head))
    assert (found.status, failure(found)["code"]) == (413, "too_large")


@pytest.mark.parametrize("case", ["refused token", "refused form", "too large"])
def test_what_is_left_of_a_refused_file_is_no_request(receiver: Receiver, person: Person, case: str) -> None:
    smuggled = request("GET", "/health/live", "X-Request-ID: smuggled")
    token = "nonsense" if case == "refused token" else person.access_token
    size = LIMIT + 200_000 if case == "too large" else 300_000
    body = (b"" if case == "refused form" else file_part(b"x" * size)) + smuggled.rjust(size, b" ")
    lines = [FORM, f"Authorization: Bearer {token}", f"Content-Length: {len(body)}"]
    first = request("POST", PATH, *lines, body=body, close=False)
    found = answers(exchange(receiver.address, first, request("GET", "/health/live", "X-Request-ID: next")))
    assert 400 <= found[0].status < 500
    assert [entry.headers["x-request-id"] for entry in found[1:]] in ([], ["next"])


def test_json_elsewhere_has_its_old_limit(receiver: Receiver, person: Person) -> None:
    body = {"amount": 5, "category": "Other", "description": "x" * (1024 * 1024)}
    answer = post(receiver, person, "/api/transactions/", json=body)
    assert (answer.status_code, answer.json()["data"]["code"]) == (413, "body_too_large")
    assert post(receiver, person, FORM_ONLY, json=body).status_code == 415
    answer = post(receiver, person, "/api/transactions/", files={"file": ("a", b"x" * 2_000_000)})
    assert answer.status_code == 413
    assert post(receiver, person, "/api/transactions/", files={"file": ("a", b"x")}).status_code == 415


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "data:,", "  "])
def test_json_brings_a_file_in_base64(receiver: Receiver, person: Person, prefix: str) -> None:
    content = os.urandom(LIMIT if prefix == "" else 1001)
    body = {"notes": "n", "image_base64": prefix + base64.b64encode(content).decode()}
    answer = post(receiver, person, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_json_may_escape_its_slashes(receiver: Receiver, person: Person) -> None:
    content = b"\xff" * 2_000_000
    body = json.dumps({"image_base64": base64.b64encode(content).decode()}).replace("/", "\\/")
    answer = post(receiver, person, data=body, headers={"Content-Type": "application/json"})
    assert answer.json()["data"]["size"] == len(content)


@pytest.mark.parametrize("text", [
    "a", "ab", "abc", "ab=c", "abcd=", "ab==ab==", "ab\ncd+/=", "ab cd+/=", "ab-_", "abcd!", "äbcd", "====", 5, [],
    True, "data:image/png;base64", "data:image/png;base64,abc", "data:<b>,abcd", "abcd,abcd",
])  # fmt: skip
def test_base64_with_rubbish_is_named(receiver: Receiver, person: Person, text: Any) -> None:
    answer = post(receiver, person, json={"image_base64": text})
    assert answer.status_code == 422, answer.text
    assert answer.json()["data"]["details"][0]["loc"] == ["body", "image_base64"]


def nested(size: int) -> bytes:
    return b'{"a": [' + b",".join([b"[]"] * (size // 3)) + b"]}"


FAT_JSON = {
    "a file": json.dumps({"image_base64": base64.b64encode(b"x" * (LIMIT + 3)).decode()}).encode(),
    "structure": nested(3_000_000),
    "a note": json.dumps({"notes": "n " * 1_000_000}).encode(),
    "a number": b'{"copies": ' + b"9" * 3_000_000 + b"}",
    "more than any file": json.dumps({"image_base64": "A" * (2 * LIMIT)}).encode(),
}


@pytest.mark.parametrize("kind", FAT_JSON)
@pytest.mark.parametrize("framing", ["announced", "in chunks"])
def test_only_a_file_makes_json_larger(receiver: Receiver, person: Person, kind: str, framing: str) -> None:
    body = FAT_JSON[kind]
    headers = {"Content-Type": "application/json"}
    answer = post(receiver, person, data=body if framing == "announced" else iter([body]), headers=headers)
    assert (answer.status_code, answer.json()["data"]["code"]) == (413, "too_large")


def test_a_repeated_key_compares_what_a_form_says(receiver: Receiver, person: Person) -> None:
    """Clients choose another boundary each time, and it is the same request."""
    key = {"Idempotency-Key": "k"}
    first = post(receiver, person, files={"file": ("a.jpg", b"one")}, data={"notes": "n"}, headers=key)
    again = post(receiver, person, files={"file": ("a.jpg", b"one")}, data={"notes": "n"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201), again.text
    assert first.request.headers["Content-Type"] != again.request.headers["Content-Type"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    for file, notes in ((("a.jpg", b"two"), "n"), (("b.jpg", b"one"), "n"), (("a.jpg", b"one"), "m")):
        other = post(receiver, person, files={"file": file}, data={"notes": notes}, headers=key)
        assert (other.status_code, other.json()["data"]["code"]) == (409, "idempotency_key_reused")


def test_without_a_token_nothing_is_kept_in_memory(receiver: Receiver) -> None:
    answer = requests.post(f"{receiver.address}{PATH}", files={"file": ("a", b"x" * LIMIT)}, timeout=60)
    assert (answer.status_code, answer.json()["data"]["code"]) == (401, "token_missing")


def test_few_files_are_in_hand_at_once(receiver: Receiver, person: Person) -> None:
    """Those that come meanwhile hear of it; nobody else notices."""
    release = threading.Event()
    url = f"{receiver.address}{PATH}"
    headers = {"Authorization": f"Bearer {person.access_token}", "Content-Type": FORM.partition(": ")[2]}

    def slowly() -> Any:
        yield multipart(file_part())[:20]
        release.wait(60)
        yield multipart(file_part())[20:]

    def upload() -> None:
        statuses.append(requests.post(url, data=slowly(), headers=headers, timeout=90).status_code)

    def refused() -> bool:
        answer = post(receiver, person, files={"file": ("a", b"x" * 2_000_000)})
        if answer.status_code == 201:
            return False
        assert (answer.status_code, answer.json()["data"]["code"]) == (503, "too_many_uploads")
        return "Retry-After" in answer.headers

    statuses: list[int] = []
    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        wait_until(refused)
        assert receiver.is_healthy()
        small = post(receiver, person, files={"file": ("a", b"x")})
        assert small.status_code == 201, "what is small needs no turn"
    finally:
        release.set()
        for thread in threads:
            thread.join()
    assert statuses == [201] * 4
    assert not refused()


def test_files_that_take_long_to_read_leave_others_their_turn(receiver: Receiver, person: Person) -> None:
    """More of them than the process has threads."""
    statuses: Counter[tuple[int, str]] = Counter()
    files = {"file": ("a.pdf", drawing_bomb(blank=False))}

    def upload() -> None:
        answer = post(receiver, person, "/api/receipts/", files=files)
        statuses[answer.status_code, answer.json()["data"]["code"]] += 1

    threads = [threading.Thread(target=upload) for _ in range(20)]
    for thread in threads:
        thread.start()
    slowest = 0.0
    while any(thread.is_alive() for thread in threads):
        slowest = max(slowest, requests.get(f"{receiver.address}/health", timeout=60).elapsed.total_seconds())
    assert slowest < 3
    assert set(statuses) == {(422, "too_complex"), (503, "too_many_uploads")}
    assert sum(statuses.values()) == len(threads)


def test_the_document_shows_both_ways(receiver: Receiver) -> None:
    document = requests.get(f"{receiver.address}/api/apispec.json", timeout=10).json()
    operation = document["paths"]["/api/received/"]["post"]
    content = operation["requestBody"]["content"]
    assert list(content) == ["multipart/form-data", "application/json"]
    sent = document["components"]["schemas"]["Sent"]
    assert sent["properties"]["file"]["format"] == "binary"
    assert sent["properties"]["file"]["contentMediaType"] == "application/octet-stream"
    assert sent["required"] == ["file"]
    assert sent["additionalProperties"] is False
    assert content["multipart/form-data"]["examples"]
    assert set(operation["responses"]) == {"201", "400", "401", "409", "413", "415", "422", "503"}
    assert list(document["paths"]["/api/received/form"]["post"]["requestBody"]["content"]) == ["multipart/form-data"]
