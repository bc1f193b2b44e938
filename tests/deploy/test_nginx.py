"""deploy/nginx/finsight.conf as clients see it: in Debian's Nginx, before two instances of the API."""

import gzip
import re
import socket
import ssl
import subprocess
import warnings

import pytest
import requests
from flask import Flask

from app import BODY_LIMIT
from config import Settings
from tests.accounts import login
from tests.deploy.conftest import LOGINS_PER_ADDRESS
from tests.deploy.instances import Instance
from tests.deploy.proxy import NAME, SITE, Nginx
from tests.deploy.visitor import Answer, Visitor, many, secured
from tests.factories import Person, new_email
from tests.records import MILK, TRANSACTIONS
from tests.stack.compose import SERVICES
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
ORIGIN = "https://app.example.com"
STRICT = "max-age=31536000; includeSubDomains"
MEBIBYTE = 1024 * 1024
ASSET = "/api/docs/assets/swagger-ui.css"
WRONG = {"password": "Wrong-Horse-9"}


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.access_token}"}


def test_the_file_is_accepted_without_a_warning(nginx: Nginx) -> None:
    checked = subprocess.run(nginx.command("-t"), capture_output=True, text=True, check=False)
    assert checked.returncode == 0
    assert "[warn]" not in checked.stderr


def test_nginx_asks_the_instances_that_compose_starts() -> None:
    asked = re.findall(r"^ +server unix:(\S+) ", SITE.read_text(), re.MULTILINE)
    commands = [service["command"] for service in SERVICES.values() if "gunicorn" in service.get("command", "")]
    assert asked == [bind for command in commands for bind in re.findall(r"--bind unix:(\S+)", command)]
    assert len(asked) == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_leads_to_https_with_the_same_method_and_query(visitor: Visitor, method: str) -> None:
    answer = visitor.plain(method, "/api/transactions/?search=caf%C3%A9&page=2")
    assert answer.status == 308
    assert answer.headers["Location"] == f"https://{NAME}/api/transactions/?search=caf%C3%A9&page=2"


def test_certificates_can_be_renewed_over_http(visitor: Visitor, nginx: Nginx) -> None:
    challenges = nginx.webroot / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True, exist_ok=True)
    (challenges / "token").write_text("token.thumbprint")
    answer = visitor.plain("GET", "/.well-known/acme-challenge/token")
    assert (answer.status, answer.body) == (200, b"token.thumbprint")


def test_other_names_are_not_answered(nginx: Nginx, visitor: Visitor) -> None:
    trust = ssl.create_default_context(cafile=str(nginx.certificate))
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=20) as plain, pytest.raises(ssl.SSLError):
        trust.wrap_socket(plain, server_hostname="evil.example.com")
    with pytest.raises(ConnectionError):
        visitor.plain("GET", "/", host="evil.example.com")


@pytest.mark.parametrize(
    ("version", "spoken"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
def test_only_today_s_tls_is_spoken(nginx: Nginx, version: ssl.TLSVersion, spoken: bool) -> None:
    trust = ssl.create_default_context(cafile=str(nginx.certificate))
    trust.set_ciphers("ALL:@SECLEVEL=0")
    trust.set_alpn_protocols(["h2", "http/1.1"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of an old version, asked for on purpose
        trust.minimum_version = trust.maximum_version = version
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=20) as plain:
        if not spoken:
            with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
                trust.wrap_socket(plain, server_hostname=NAME)
            return
        with trust.wrap_socket(plain, server_hostname=NAME) as connection:
            assert connection.selected_alpn_protocol() == "h2"
            name, protocol, _ = connection.cipher() or ("", "", 0)
            assert "GCM" in name or "CHACHA20" in name
            assert protocol == version.name.replace("v1_", "v1.")


@pytest.mark.parametrize("path", ["/health", "/api/transactions/", "/nope", "/metrics", ASSET, "/api/docs"])
def test_headers_of_protection_stand_once_whoever_answers(visitor: Visitor, path: str) -> None:
    for _ in range(2):  # the second time from the cache, where there is one
        answer = visitor.get(path, Origin=ORIGIN, X_Request_ID="ours-1")
        for name, value in {
            "Strict-Transport-Security": STRICT,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "X-Request-ID": "ours-1",
            "Server": "nginx",
        }.items():
            assert answer.headers.get_all(name) == [value], name
        assert len(answer.headers.get_all("Content-Security-Policy") or []) == 1


def test_an_id_is_made_for_requests_without_a_good_one(visitor: Visitor) -> None:
    for given in ({}, {"X_Request_ID": 'a b"c'}):
        answer = visitor.get("/api/transactions/", **given)
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
        assert answer.json["data"]["request_id"] == answer.headers["X-Request-ID"]


METRICS = (
    "/metrics",
    "/metrics/",
    "/metrics//",
    "//metrics",
    "///metrics/",
    "/%6detrics",
    "/%6D%65%74%72%69%63%73/",
    "/%2fmetrics",
    "/metrics%2f",
    "/./metrics",
    "/api/../metrics",
    "/api/%2e%2e/metrics",
    "/metrics/.",
    "/metrics?x=1",
    "/metrics#x",
    "/METRICS",
    f"https://{NAME}/metrics",
)


@pytest.mark.parametrize("path", METRICS)
def test_metrics_are_not_reachable(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status, answer.code) == (404, "not_found")
    assert b"finsight_http" not in answer.body


@pytest.mark.parametrize(
    "path", ["/metrics%00", "/metrics;", "/metrics%20", "/metrics%0a", "/metrics%3f", "/metrics/x"]
)
def test_neither_are_they_by_what_is_almost_their_path(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status in (400, 404)
    assert b"finsight_http" not in answer.body


def test_metrics_are_there_on_the_inside_and_nginx_never_asked_for_them(
    visitor: Visitor, instances: list[Instance]
) -> None:
    for path in METRICS[:6]:
        visitor.get(path)
    for instance in instances:
        text = requests.get(f"{instance.inside}/metrics", timeout=20).text
        assert "finsight_http_requests_total" in text
        assert 'route="/metrics",method="GET",status="404"' not in text.replace('", ', '",')


def sign_in(visitor: Visitor, **headers: str) -> Answer:
    return visitor.post("/api/auth/login", {"email": new_email(), **WRONG}, **headers)


def test_limits_count_the_client_s_own_address_whatever_it_claims(nginx: Nginx) -> None:
    guesser, neighbour = Visitor(nginx, "127.0.0.2"), Visitor(nginx, "127.0.0.3")
    claims = (
        {"X_Forwarded_For": "203.0.113.1"},
        {"X_Forwarded_For": "203.0.113.2, 127.0.0.3"},
        {"X_Real_IP": "203.0.113.3"},
        {"Forwarded": "for=203.0.113.4"},
    )
    assert len(claims) == LOGINS_PER_ADDRESS
    assert [sign_in(guesser, **claim).status for claim in claims] == [401] * LOGINS_PER_ADDRESS
    for claim in claims:
        refused = sign_in(guesser, **claim)
        assert (refused.status, refused.code) == (429, "rate_limited")
    assert sign_in(neighbour, X_Forwarded_For="127.0.0.2").status == 401


def test_forged_schemes_and_gunicorn_s_own_headers_change_nothing(visitor: Visitor) -> None:
    answer = visitor.get(
        "/api/docs", X_Forwarded_Proto="http", X_Forwarded_Ssl="off", X_Forwarded_Protocol="http", Path_Info="/metrics"
    )
    assert (answer.status, answer.headers["Strict-Transport-Security"]) == (200, STRICT)


def test_larger_json_is_compressed_but_not_what_holds_secrets(visitor: Visitor, app: Flask, person: Person) -> None:
    document = visitor.get("/api/apispec.json", Accept_Encoding="gzip")
    assert document.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in document.headers["Vary"]
    plain = visitor.get("/api/apispec.json")
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(document.body) == plain.body
    assert len(document.body) * 4 < len(plain.body)
    for _ in range(9):
        login(app, person.email)
    sessions = visitor.get("/api/auth/sessions", Accept_Encoding="gzip", **bearer(person))
    assert (sessions.status, len(sessions.json["data"]["sessions"])) == (200, 10)
    assert len(sessions.body) > 1000
    assert "Content-Encoding" not in sessions.headers


def test_a_compressed_answer_is_recognised_when_asked_for_again(visitor: Visitor) -> None:
    first = visitor.get("/api/apispec.json", Accept_Encoding="gzip")
    again = visitor.get("/api/apispec.json", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


def asked_for_assets(instances: list[Instance]) -> float:
    texts = [requests.get(f"{instance.inside}/metrics", timeout=20).text for instance in instances]
    counts = re.findall(r"^finsight_http_requests_total\{.*docs/assets.*\} (\S+)$", "".join(texts), re.MULTILINE)
    return sum(map(float, counts))


def test_swagger_ui_comes_from_nginx(visitor: Visitor, instances: list[Instance]) -> None:
    first = visitor.get(ASSET, Origin=ORIGIN)
    assert first.status == 200
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    before = asked_for_assets(instances)
    for number in range(20):
        again = visitor.get(f"{ASSET}?again={number}", Origin=f"https://{number}.example.com")
        assert (again.status, again.body) == (200, first.body)
        assert "Access-Control-Allow-Origin" not in again.headers
    kept = visitor.get(ASSET, If_None_Match=first.headers["ETag"])
    assert kept.status == 304
    assert asked_for_assets(instances) == before
    missing = visitor.get("/api/docs/assets/nope.js")
    assert (missing.status, missing.code) == (404, "not_found")


def test_what_is_too_large_for_json_is_refused_by_the_api(visitor: Visitor, person: Person) -> None:
    body = {**MILK, "notes": "x" * (2 * MEBIBYTE)}
    answer = visitor.post(TRANSACTIONS, body, Origin=ORIGIN, **bearer(person))
    assert (answer.status, answer.code) == (413, "body_too_large")
    assert "RateLimit-Limit" in answer.headers["Access-Control-Expose-Headers"]


def test_the_largest_file_reaches_the_api_and_more_is_refused_alike(visitor: Visitor, person: Person) -> None:
    upload = {"Content_Type": "multipart/form-data; boundary=b", "Origin": ORIGIN, **bearer(person)}
    in_base64 = Settings.model_fields["MAX_UPLOAD_SIZE"].default // 3 * 4
    through = visitor.post(TRANSACTIONS, b"x" * (in_base64 + BODY_LIMIT), **upload)
    assert through.code in ("unsupported_media_type", "body_too_large")
    assert "RateLimit-Limit" in through.headers["Access-Control-Expose-Headers"]
    stopped = visitor.post(TRANSACTIONS, b"x" * (16 * MEBIBYTE), X_Request_ID="ours-1", **upload)
    assert (stopped.status, stopped.code) == (413, "body_too_large")
    assert stopped.json["data"]["request_id"] == "ours-1"
    assert stopped.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert stopped.headers["Content-Type"] == "application/json"
    assert stopped.headers.get_all("Strict-Transport-Security") == [STRICT]


def test_long_files_reach_imports_alone(visitor: Visitor, person: Person) -> None:
    upload = {"Content_Type": "multipart/form-data; boundary=b", **bearer(person)}
    content = b"x" * (16 * MEBIBYTE)
    for path in ("/api/transactions/import", "/api/transactions/import/"):
        assert visitor.post(path, content, **upload).code == "too_large", "the API has judged the form"
    assert visitor.post("/api/transactions/imports", content, **upload).code == "body_too_large"


def test_nginx_s_own_answers_are_readable_by_the_front_end_alone(visitor: Visitor) -> None:
    ours = visitor.get("/metrics", Origin=ORIGIN)
    assert ours.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "X-Request-ID" in ours.headers["Access-Control-Expose-Headers"]
    for origin in ("https://evil.example.com", "https://app.example.com.evil.com", "null"):
        answer = visitor.get("/metrics", Origin=origin)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"/api/transactions/?search={'x' * 9000}", {}, 414),
        ("/api/transactions/", {"Authorization": f"Bearer {'x' * 9000}"}, 400),
        ("/%", {}, 400),
    ],
)
def test_what_nginx_can_t_read_is_refused_in_the_envelope(
    visitor: Visitor, path: str, headers: dict[str, str], status: int
) -> None:
    answer = visitor.get(path, **headers)
    assert answer.status == status
    assert answer.code == ("uri_too_long" if status == 414 else "bad_request")
    assert answer.headers["X-Request-ID"] == answer.json["data"]["request_id"]


SLOW_HEADER = b"GET /health HTTP/1.1\r\nHost: api.example.com\r\nX-Slow: "
SLOW_BODY = (
    b"POST /api/auth/login HTTP/1.1\r\nHost: api.example.com\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)


def test_slow_clients_hold_nobody_up_and_are_hung_up_on(nginx: Nginx, visitor: Visitor) -> None:
    """Several times as many of either kind as both instances have threads."""
    addresses = [f"127.0.1.{number % 8 + 1}" for number in range(128)]
    with many(nginx, addresses, SLOW_HEADER) as reading, many(nginx, addresses, SLOW_BODY) as sending:
        for _ in range(20):
            assert visitor.get("/health").status == 200
        for connection in (*reading, *sending):
            connection.settimeout(30)
            assert connection.recv(1000) == b"", "not answered, as nothing was asked"


def test_one_address_has_so_many_requests_under_way(nginx: Nginx, visitor: Visitor) -> None:
    with many(nginx, ["127.0.2.1"] * 100, SLOW_BODY):
        refused = wait_until(
            lambda: [answer for answer in [Visitor(nginx, "127.0.2.1").get("/health")] if answer.status == 429]
        )
        assert refused[0].code == "rate_limited"
        assert refused[0].headers["Retry-After"] == "2"
        assert visitor.get("/health").status == 200


def test_no_address_query_or_secret_stands_in_the_log_but_the_client_s_address(nginx: Nginx, visitor: Visitor) -> None:
    visitor.get(
        "/api/transactions/?search=private-matter", X_Request_ID="looked-for", Authorization="Bearer private-token"
    )
    visitor.get("/api/files/private-link", X_Request_ID="looked-for")

    def lines() -> list[str]:
        return [line for line in (nginx.folder / "finsight.log").read_text().splitlines() if "looked-for" in line]

    log = wait_until(lambda: lines() if len(lines()) == 2 else [])
    assert '"path":"/api/transactions/"' in log[0]
    assert '"path":"/api/files/-"' in log[1]
    assert "private" not in "".join(log)


def test_http_2_is_understood(nginx: Nginx) -> None:
    asked = subprocess.run(
        [
            "curl",
            "--silent",
            "--http2",
            "--cacert",
            nginx.certificate,
            "--resolve",
            f"{NAME}:{nginx.port}:127.0.0.1",
            "--write-out",
            "%{http_version}",
            f"https://{NAME}:{nginx.port}/health/live",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout == '{"status":"alive"}2'


def test_a_pipelined_second_request_is_answered_too(nginx: Nginx) -> None:
    both = b"GET /health/live HTTP/1.1\r\nHost: api.example.com\r\n\r\n" * 2
    with secured(nginx) as connection:
        connection.sendall(both)
        received = b""
        while received.count(b'{"status":"alive"}') < 2:
            part = connection.recv(10000)
            assert part
            received += part
