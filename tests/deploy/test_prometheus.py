"""The alerts in deploy/prometheus: about metrics that exist, and firing when they should and only then."""

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import NamedTuple

import pytest
import requests
import yaml
from bson import ObjectId
from celery import states
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from app.celery_utils import QUEUES
from app.core import clock, gauges
from app.extensions import mongo
from config import ROOT
from dev.servers import Servers, free_port
from tests.accounts import another_app
from tests.factories import Person
from tests.tools import program
from tests.waiting import wait_until

FOLDER = ROOT / "deploy" / "prometheus"
RULES = FOLDER / "rules.yml"
ALERTS = {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
SELECTOR = re.compile(r"\b((?:finsight|probe|node)_\w+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
Samples = dict[str, list[dict[str, str]]]


def selectors() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Every metric the rules name, with what they ask of its labels."""
    return [
        (name, MATCHER.findall(labels)) for rule in ALERTS.values() for name, labels in SELECTOR.findall(rule["expr"])
    ]


def promtool(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("promtool", "prometheus"), *map(str, words)], capture_output=True, text=True, check=False
    )


def parsed(text: str) -> Samples:
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


@pytest.fixture(scope="module")
def own(app: Flask, worker: None) -> Samples:
    """What /metrics of the service says after some work."""
    gauges.note_backup()
    gauges.count_entry("ai_unavailable")
    wait_until(lambda: 'finsight_tasks_total{state="success",task="transactions.sweep"}' in scraped(app), seconds=30)
    app.test_client().get("/health")
    return parsed(scraped(app))


def scraped(app: Flask) -> str:
    return app.test_client().get("/metrics").text


def test_prometheus_can_read_rules_and_configuration() -> None:
    for kind, file in (("rules", RULES), ("config", FOLDER / "prometheus.yml")):
        checked = promtool("check", kind, file)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_metric_and_label_of_ours_exists(own: Samples) -> None:
    named = [(name, labels) for name, labels in selectors() if name.startswith("finsight_")]
    assert len({name for name, _ in named}) >= 9
    for name, labels in named:
        assert name in own
        for label, _, _ in labels:
            assert label in own[name][0], (name, label)


def test_every_value_a_rule_asks_for_can_be_there(own: Samples, app: Flask) -> None:
    app.extensions["celery"].loader.import_default_modules()
    possible = {
        "task": set(app.extensions["celery"].tasks),
        "state": {state.lower() for state in states.ALL_STATES},
        "dependency": {"mongodb", "redis"},
        "kind": {"used", "total", "max"},
        "outcome": {"completed", "no_amount", "ai_unavailable"},
    }
    for name, labels in selectors():
        for label, operator, value in labels:
            if operator == "=" and label in possible:
                assert value in possible[label], (name, label)
    assert {labels["queue"] for labels in own["finsight_queue_length"]} == set(QUEUES)
    assert {labels["dependency"] for labels in own["finsight_dependency_up"]} == possible["dependency"]


def test_the_jobs_the_rules_name_are_the_configured_ones() -> None:
    jobs = {job["job_name"] for job in yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]}
    named = {value for _, labels in selectors() for label, _, value in labels if label == "job"}
    assert named <= jobs


def value_of(app: Flask, name: str, **labels: str) -> float:
    families = text_string_to_metric_families(scraped(app))
    (value,) = [
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return float(value)


@pytest.mark.parametrize(
    ("source", "gauge"),
    [("ai", "finsight_processing_oldest_seconds"), ("receipt", "finsight_receipts_oldest_seconds")],
)
def test_an_entry_nobody_reads_is_seen_waiting(app: Flask, person: Person, source: str, gauge: str) -> None:
    hour_ago = clock.now() - timedelta(hours=1)
    owner = ObjectId(person.profile["_id"])
    waiting = {"user_id": owner, "source": source, "status": "processing", "updated_at": hour_ago}
    # Not yet for the sweep, which may be running.
    left = mongo.db.transactions.insert_one({**waiting, "lease_until": clock.now() + timedelta(hours=1)}).inserted_id
    assert 3600 <= value_of(app, gauge) < 3700
    mongo.db.transactions.delete_one({"_id": left})
    wait_until(lambda: value_of(app, gauge) < 600)


def test_what_waits_in_a_queue_is_counted_where_the_queue_is(
    app: Flask, settings: dict[str, object], servers: Servers
) -> None:
    elsewhere = servers.redis_url.removesuffix("/0") + "/9"
    with another_app(app, settings, BROKER_URL=elsewhere) as other, Redis.from_url(elsewhere) as broker:
        broker.lpush("mail", "one", "two", "three")
        lengths = [value_of(other, "finsight_queue_length", queue=queue) for queue in ("mail", "ai")]
        broker.flushdb()
    assert lengths == [3, 0]


def test_what_redis_may_use_and_when_the_backup_was_are_told(app: Flask) -> None:
    before = clock.now().timestamp()
    gauges.note_backup()
    assert before - 1 <= value_of(app, "finsight_backup_completed_timestamp_seconds") <= before + 60
    assert value_of(app, "finsight_redis_memory_bytes", kind="used") > 100_000
    used, total = (value_of(app, "finsight_mongodb_disk_bytes", kind=kind) for kind in ("used", "total"))
    assert 0 < used < total


def test_without_mongodb_the_metrics_say_so_and_the_rest(app: Flask, settings: dict[str, object]) -> None:
    nowhere = f"mongodb://127.0.0.1:{free_port()}/finsight"
    with another_app(app, settings, MONGO_URI=nowhere) as other:
        found = parsed(scraped(other))
        assert value_of(other, "finsight_dependency_up", dependency="mongodb") == 0
        assert value_of(other, "finsight_dependency_up", dependency="redis") == 1
    assert "finsight_queue_length" in found
    assert "finsight_mongodb_disk_bytes" not in found


class Situation(NamedTuple):
    """Series of one sample a minute, in promtool's notation, and which alerts fire after so many minutes."""

    series: dict[str, str]
    minutes: int
    fires: set[str]


HTTP = "finsight_http_requests_total"
ORDER = 'route="/api/transactions/",method="GET"'
TASKS, ENTRIES = "finsight_tasks_total", "finsight_entries_total"
HEALTHY = {
    'up{job="finsight"}': "1+0x100",
    'probe_success{job="finsight-outside"}': "1+0x100",
    'probe_ssl_earliest_cert_expiry{job="finsight-outside"}': f"{80 * 86400}+0x100",
    'finsight_dependency_up{dependency="mongodb"}': "1+0x100",
    'finsight_dependency_up{dependency="redis"}': "1+0x100",
    f'{HTTP}{{{ORDER},status="200"}}': "0+600x100",
    'finsight_http_request_duration_seconds_bucket{route="/api/transactions/",le="1.0"}': "0+600x100",
    'finsight_http_request_duration_seconds_bucket{route="/api/transactions/",le="10.0"}': "0+600x100",
    'finsight_http_request_duration_seconds_bucket{route="/api/transactions/",le="+Inf"}': "0+600x100",
    f'{TASKS}{{task="transactions.sweep",state="success"}}': "0+12x100",
    'finsight_queue_length{queue="ai"}': "0 500 0 30 0 0+0x100",
    'finsight_queue_length{queue="ocr"}': "0 200 180 160 140 120 100 80 60 40 20 0+0x100",
    'finsight_queue_length{queue="forecasts"}': "0 30x20 0x100",
    'finsight_queue_length{queue="batch"}': "0 25x20 0x100",
    "finsight_processing_oldest_seconds": "0 20 50 0+0x100",
    "finsight_receipts_oldest_seconds": "0 300 600 0+0x100",
    f'{ENTRIES}{{outcome="completed"}}': "0+10x100",
    'finsight_mongodb_disk_bytes{kind="used"}': "50+0x100",
    'finsight_mongodb_disk_bytes{kind="total"}': "100+0x100",
    'finsight_redis_memory_bytes{kind="used"}': "50+0x100",
    'finsight_redis_memory_bytes{kind="max"}': "100+0x100",
    "finsight_backup_completed_timestamp_seconds": "0+0x100",
    'node_filesystem_avail_bytes{mountpoint="/",fstype="ext4"}': "50+0x100",
    'node_filesystem_size_bytes{mountpoint="/",fstype="ext4"}': "100+0x100",
}
SITUATIONS = {
    "all is well": Situation({}, 40, set()),
    "a process is gone": Situation({'up{job="finsight",instance="b"}': "1 1 0+0x30"}, 5, {"FinSightApiDown"}),
    "a process was replaced": Situation({'up{job="finsight",instance="b"}': "1 1 0 1+0x30"}, 5, set()),
    "all processes are gone": Situation({'up{job="finsight"}': "_"}, 5, {"FinSightApiDown"}),
    "Nginx is gone": Situation(
        {'probe_success{job="finsight-outside"}': "0+0x30"}, 5, {"FinSightNotReachableFromOutside"}
    ),
    "MongoDB is gone": Situation(
        {'finsight_dependency_up{dependency="mongodb"}': "1 0+0x30"}, 5, {"FinSightDependencyDown"}
    ),
    "one process alone can't reach Redis": Situation(
        {'finsight_dependency_up{dependency="redis",instance="b"}': "0+0x30"}, 5, {"FinSightDependencyDown"}
    ),
    "the certificate was not renewed": Situation(
        {'probe_ssl_earliest_cert_expiry{job="finsight-outside"}': f"{10 * 86400}+0x100"},
        90,
        {"FinSightCertificateEnds"},
    ),
    "a twentieth fails": Situation({f'{HTTP}{{{ORDER},status="502"}}': "0+30x60"}, 20, {"FinSightErrors"}),
    "one request met a fault": Situation(
        {f'{HTTP}{{{ORDER},status="500"}}': "0+0x10 1+0x60"}, 15, {"FinSightInternalErrors"}
    ),
    "503 everywhere": Situation(
        {f'{HTTP}{{{ORDER},status="503"}}': "0+60x60"}, 20, {"FinSightErrors", "FinSightUnavailable"}
    ),
    "only health checks answer 503": Situation(
        {f'{HTTP}{{route="/health/ready",method="GET",status="503"}}': "0+600x60"}, 20, set()
    ),
    "a fiftieth is slow": Situation(
        {
            'finsight_http_request_duration_seconds_bucket{route="/api/transactions/",le="1.0"}': "0+588x60",
            'finsight_http_request_duration_seconds_bucket{route="/api/transactions/",le="10.0"}': "0+600x60",
        },
        30,
        {"FinSightSlow"},
    ),
    "a task failed": Situation(
        {f'{TASKS}{{task="auth.sweep_erasures",state="failure"}}': "0+0x10 1+0x60"}, 15, {"FinSightTasksFail"}
    ),
    "the mail server is away": Situation(
        {f'{TASKS}{{task="auth.send_reset_mail",state="retry"}}': "0+1x60"}, 20, {"FinSightMailsWait"}
    ),
    "beat has stopped": Situation(
        {f'{TASKS}{{task="transactions.sweep",state="success"}}': "0+12x10 120+0x60"}, 20, {"FinSightNoBeat"}
    ),
    "there was never a beat": Situation(
        {f'{TASKS}{{task="transactions.sweep",state="success"}}': "_"}, 5, {"FinSightNoBeat"}
    ),
    "nobody takes from a queue": Situation(
        {'finsight_queue_length{queue="ai"}': "0+10x60"}, 20, {"FinSightQueueNotConsumed"}
    ),
    "nobody reads pictures": Situation({"finsight_receipts_oldest_seconds": "0+60x60"}, 40, {"FinSightPicturesWait"}),
    "nobody imports": Situation({'finsight_queue_length{queue="batch"}': "0+10x60"}, 50, {"FinSightBatchWaits"}),
    "nobody forecasts": Situation({'finsight_queue_length{queue="forecasts"}': "0+10x60"}, 50, {"FinSightBatchWaits"}),
    "an entry is not read": Situation({"finsight_processing_oldest_seconds": "0+60x60"}, 10, {"FinSightEntriesWait"}),
    "Gemini refuses the key": Situation(
        {f'{ENTRIES}{{outcome="ai_unavailable"}}': "0+5x60"}, 20, {"FinSightAiUnavailable"}
    ),
    "people tell no amounts": Situation({f'{ENTRIES}{{outcome="no_amount"}}': "0+50x60"}, 20, set()),
    "the database's disk fills": Situation(
        {'finsight_mongodb_disk_bytes{kind="used"}': "85+0x60"}, 30, {"FinSightMongodbDiskFills"}
    ),
    "Redis fills": Situation({'finsight_redis_memory_bytes{kind="used"}': "85+0x60"}, 30, {"FinSightRedisMemoryFills"}),
    "Redis has no limit": Situation({'finsight_redis_memory_bytes{kind="max"}': "0+0x60"}, 30, set()),
    "the nightly backup failed": Situation(
        {"finsight_backup_completed_timestamp_seconds": f"-{27 * 3600}+0x100"}, 60, {"FinSightNoBackup"}
    ),
    "there is no backup": Situation({"finsight_backup_completed_timestamp_seconds": "_"}, 60, {"FinSightNoBackup"}),
    "the host's disk fills": Situation(
        {'node_filesystem_avail_bytes{mountpoint="/",fstype="ext4"}': "10+0x60"}, 30, {"FinSightHostDiskFills"}
    ),
    "several processes tell the same": Situation(
        {f'{TASKS}{{task="transactions.sweep",state="success",instance="{name}"}}': "0+12x60" for name in "bc"},
        20,
        set(),
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_an_alert_fires_when_it_should_and_no_other_does(name: str, tmp_path: Path) -> None:
    situation = SITUATIONS[name]
    firing = [{"labels": f'{{alertname="{alert}"}}', "value": 1} for alert in sorted(situation.fires)]
    expression = 'group by (alertname) (ALERTS{alertstate="firing"})'
    asked = {"expr": expression, "eval_time": f"{situation.minutes}m", "exp_samples": firing}
    series = [{"series": key, "values": values} for key, values in (HEALTHY | situation.series).items()]
    test = {"interval": "1m", "input_series": series, "promql_expr_test": [asked]}
    file = tmp_path / "situation.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
    tested = promtool("test", "rules", file)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_alert_fires_in_some_situation_and_says_how_urgent_it_is() -> None:
    assert {alert for situation in SITUATIONS.values() for alert in situation.fires} == set(ALERTS)
    assert {rule["labels"]["severity"] for rule in ALERTS.values()} == {"page", "ticket"}
    assert all(rule["annotations"]["summary"] for rule in ALERTS.values())


@pytest.fixture(scope="module")
def exporters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Debian's exporters on 127.0.0.1: their addresses by name."""
    addresses, started = {}, []
    directory = tmp_path_factory.mktemp("exporters")
    module = {"http_2xx": {"prober": "http", "http": {"tls_config": {"insecure_skip_verify": True}}}}
    (directory / "blackbox.yml").write_text(yaml.safe_dump({"modules": module}))
    options = {"node": [], "blackbox": ["--config.file", str(directory / "blackbox.yml")]}
    try:
        for name, more in options.items():
            port = free_port()
            command = [f"prometheus-{name}-exporter", f"--web.listen-address=127.0.0.1:{port}", *more]
            started.append(Popen(command, stdout=DEVNULL, stderr=DEVNULL))
            addresses[name] = f"http://127.0.0.1:{port}"
        wait_until(lambda: all(answers(address) for address in addresses.values()), seconds=30)
        yield addresses
    finally:
        for process in started:
            process.terminate()
            process.wait(timeout=10)


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web site with a certificate of its own making, good for 30 days."""
    key, certificate, port = tmp_path / "key.pem", tmp_path / "certificate.pem", free_port()
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    server = [
        "openssl",
        "s_server",
        "-quiet",
        "-WWW",
        "-accept",
        f"127.0.0.1:{port}",
        "-key",
        key,
        "-cert",
        certificate,
    ]
    (tmp_path / "health").write_text("healthy")
    with Popen(server, cwd=tmp_path, stdout=DEVNULL, stderr=DEVNULL, stdin=subprocess.DEVNULL) as process:
        try:
            yield f"https://127.0.0.1:{port}/health"
        finally:
            process.terminate()


def test_the_exporters_metrics_exist(exporters: dict[str, str], site: str) -> None:
    named = {name for name, _ in selectors()}
    of_node = parsed(requests.get(f"{exporters['node']}/metrics", timeout=20).text)
    assert {name for name in named if name.startswith("node_")} <= of_node.keys()
    assert of_node["node_filesystem_avail_bytes"][0].keys() >= {"mountpoint", "fstype"}

    def probed() -> Samples:
        probe = {"target": site, "module": "http_2xx"}
        return parsed(requests.get(f"{exporters['blackbox']}/probe", params=probe, timeout=20).text)

    wait_until(lambda: {name for name in named if name.startswith("probe_")} <= probed().keys(), seconds=20)
