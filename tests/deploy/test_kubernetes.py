"""The manifests in deploy/k8s: valid, as strict as they claim, and in step with the code they deploy."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from flask import Flask
from pydantic import ValidationError

from app import VERSION
from app.celery_utils import QUEUES
from config import ROOT, Settings
from dev.commands import WORKERS
from tests.deploy.manifests import (
    COMPONENTS,
    FOLDER,
    KUSTOMIZATION,
    MANIFESTS,
    SECRET,
    SETTINGS,
    Manifest,
    component,
    container,
    labels,
    of_kind,
    pod,
)
from tests.files import new_file_keys
from tests.processes import Background
from tests.stack.compose import SERVICES
from tests.stack.test_deployment import option
from tests.waiting import wait_until

OLDEST, NEWEST = "1.29", "1.37"  # of Kubernetes: both have to accept all of it
USER = re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text())
GRACEFUL_SECONDS = re.search(r"^graceful_timeout = (\d+)$", (ROOT / "gunicorn.conf.py").read_text(), re.MULTILINE)
AS_IN_COMPOSE = {
    "worker": "celery-worker",
    "worker-ai": "celery-worker-ai",
    "worker-ocr": "celery-worker-ocr",
    "worker-batch": "celery-worker-batch",
    "beat": "celery-beat",
}
WORKER_COMPONENTS = ["worker", "worker-ai", "worker-ocr", "worker-batch"]
SCALED = {"finsight-api", *(f"finsight-{name}" for name in WORKER_COMPONENTS)}
FILLED = dict.fromkeys(SECRET["stringData"], f"filled-in-{'x' * 32}") | {
    "MONGO_URI": "mongodb://user:password@mongodb:27017/finsight",
    "REDIS_URL": "redis://:password@redis:6379/0",
    "FILE_ENCRYPTION_KEYS": new_file_keys("1"),
}
every_component = pytest.mark.parametrize("name", COMPONENTS)
every_worker = pytest.mark.parametrize("name", WORKER_COMPONENTS)
PROBED = "worker"  # whose probe is run; those of the others differ in the name alone


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    "manifest", [*MANIFESTS, SECRET], ids=lambda found: f"{found['kind']}-{found['metadata']['name']}"
)
def test_kubernetes_accepts_every_manifest(manifest: Manifest, version: str) -> None:
    assert kubernetes_validate.validate(manifest, version, strict=True) == version


def test_a_misspelt_field_would_be_found() -> None:
    wrong = {**of_kind("Service")["finsight-api"], "spec": {"selectors": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


def test_every_file_is_applied_but_the_secret() -> None:
    there = {path.name for path in FOLDER.iterdir()} - {"kustomization.yaml", "secret.example.yaml", "finsight.env"}
    assert set(KUSTOMIZATION["resources"]) == there
    assert not of_kind("Secret")


def test_all_parts_of_the_service_are_there() -> None:
    assert set(COMPONENTS) == {"api", *WORKER_COMPONENTS, "beat", "backup"}
    assert set(of_kind("HorizontalPodAutoscaler")) == SCALED
    assert set(of_kind("PodDisruptionBudget")) == SCALED


# --- In step with the code ---------------------------------------------------------------------------------------


def command(name: str) -> list[str]:
    return [str(word) for word in container(component(name))["args"]]


@pytest.mark.parametrize("name", AS_IN_COMPOSE)
def test_commands_are_those_of_the_compose_file(name: str) -> None:
    in_compose = SERVICES[AS_IN_COMPOSE[name]]["command"].replace('""', "").split()
    assert [word for word in command(name) if word] == in_compose


def test_every_queue_has_exactly_one_kind_of_worker() -> None:
    deployed = {option(" ".join(command(name)), "--queues") for name in WORKER_COMPONENTS}
    assert deployed == {option(options, "--queues") for options in WORKERS.values()}
    assert sorted(",".join(deployed).split(",")) == sorted(QUEUES)


def test_the_api_runs_the_image_as_it_is_on_its_port() -> None:
    api = container(component("api"))
    assert not api.keys() & {"args", "command"}
    assert [port["containerPort"] for port in api["ports"]] == [5000]
    assert "BIND=0.0.0.0:5000" in (ROOT / "Dockerfile").read_text()
    assert "WEB_CONCURRENCY" in (ROOT / "gunicorn.conf.py").read_text()
    assert {variable["name"] for variable in api["env"]} == {"WEB_CONCURRENCY"}


@every_component
def test_the_image_is_this_version_and_never_latest(name: str) -> None:
    assert container(component(name))["image"] == f"registry.example.com/finsight-backend:{VERSION}"


@every_component
def test_every_part_gets_the_settings_and_the_secrets(name: str) -> None:
    (generated,) = KUSTOMIZATION["configMapGenerator"]
    assert container(component(name))["envFrom"] == [
        {"configMapRef": {"name": generated["name"]}},
        {"secretRef": {"name": SECRET["metadata"]["name"]}},
    ]
    # A Service called mail would otherwise set MAIL_PORT.
    assert pod(component(name))["enableServiceLinks"] is False


def test_the_settings_are_the_services_own() -> None:
    assert not SETTINGS.keys() & SECRET["stringData"].keys()
    assert SETTINGS.keys() | SECRET["stringData"].keys() <= Settings.model_fields.keys()
    Settings(_env_file=None, FLASK_ENV="production", **SETTINGS | FILLED)  # type: ignore[call-arg]


def test_what_is_secret_is_in_the_secret_and_has_no_value_here() -> None:
    secret = {
        name for name in Settings.model_fields if name.endswith(("_KEY", "_KEYS", "MAIL_PASSWORD", "_URI", "REDIS_URL"))
    }
    assert secret <= SECRET["stringData"].keys()
    assert set(SECRET["stringData"].values()) == {""}


def test_the_example_secret_as_it_is_starts_nothing() -> None:
    with pytest.raises(ValidationError, match="JWT_SECRET_KEY"):
        Settings(_env_file=None, FLASK_ENV="production", **SETTINGS)  # type: ignore[call-arg]


# --- As strict as can be -----------------------------------------------------------------------------------------


@every_component
def test_nobody_is_root_or_can_become_it(name: str) -> None:
    security = pod(component(name))["securityContext"]
    assert USER
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] == security["runAsGroup"] == security["fsGroup"] == int(USER[1])
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(component(name))["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not pod(component(name)).keys() & {"hostNetwork", "hostPID", "hostIPC", "initContainers"}


@every_component
def test_nobody_can_ask_the_cluster(name: str) -> None:
    assert pod(component(name))["automountServiceAccountToken"] is False


@every_component
def test_only_these_places_can_be_written(name: str) -> None:
    written = {"/tmp", "/srv/finsight/logs"}
    written |= {"beat": {"/srv/finsight/schedule"}, "backup": {"/backups"}}.get(name, set())
    mounts = {mount["name"]: mount["mountPath"] for mount in container(component(name))["volumeMounts"]}
    assert set(mounts.values()) == written
    volumes = {volume["name"]: volume for volume in pod(component(name))["volumes"]}
    assert volumes.keys() == mounts.keys()
    kept = {volume for volume in volumes if "sizeLimit" not in volumes[volume].get("emptyDir", {})}
    assert kept == ({"backups"} if name == "backup" else set())


@every_component
def test_everybody_asks_for_what_it_needs_and_has_an_end(name: str) -> None:
    resources = container(component(name))["resources"]
    for kind in ("requests", "limits"):
        assert resources[kind].keys() == {"cpu", "memory"}


def test_the_namespace_refuses_anything_less_strict() -> None:
    (namespace,) = of_kind("Namespace").values()
    assert namespace["metadata"]["name"] == KUSTOMIZATION["namespace"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


# --- Starting, stopping, moving ----------------------------------------------------------------------------------


def test_there_is_one_beat_and_never_two() -> None:
    beat = component("beat")["spec"]
    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})


@pytest.mark.parametrize("kind", ["HorizontalPodAutoscaler", "PodDisruptionBudget"])
def test_autoscalers_and_budgets_are_about_parts_that_exist(kind: str) -> None:
    for name, manifest in of_kind(kind).items():
        part = component(name.removeprefix("finsight-"))
        if kind == "PodDisruptionBudget":
            assert manifest["spec"]["selector"]["matchLabels"] == labels(part)
            continue
        assert manifest["spec"]["scaleTargetRef"]["name"] == part["metadata"]["name"]
        assert 2 <= manifest["spec"]["minReplicas"] < manifest["spec"]["maxReplicas"]
        assert "replicas" not in part["spec"], "applying it again would undo the autoscaler's decision"


def test_the_service_leads_to_the_api() -> None:
    (service,) = of_kind("Service").values()
    assert service["spec"]["selector"] == labels(component("api"))
    assert service["spec"]["ports"][0]["targetPort"] == container(component("api"))["ports"][0]["name"]


@pytest.mark.parametrize("name", [name for name in COMPONENTS if name != "backup"])
def test_a_part_finds_its_own_pods_and_spreads_them(name: str) -> None:
    part = component(name)
    assert part["spec"]["selector"]["matchLabels"] == labels(part)
    spread = pod(part).get("topologySpreadConstraints", [])
    assert [rule["topologyKey"] for rule in spread] == (
        [] if name == "beat" else ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    )
    assert all(rule["labelSelector"]["matchLabels"] == labels(part) for rule in spread)


def test_the_api_is_out_of_the_service_before_it_stops_and_has_time_to_finish() -> None:
    assert GRACEFUL_SECONDS
    sleep, pause = container(component("api"))["lifecycle"]["preStop"]["exec"]["command"]
    assert (sleep, int(pause) >= 5) == ("sleep", True)
    assert pod(component("api"))["terminationGracePeriodSeconds"] >= int(pause) + int(GRACEFUL_SECONDS[1]) + 5
    assert component("api")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


@every_worker
def test_workers_have_time_to_finish(name: str) -> None:
    assert pod(component(name))["terminationGracePeriodSeconds"] >= 30


def test_the_api_is_asked_where_it_answers(app: Flask) -> None:
    probes = {kind: container(component("api"))[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness")}
    paths = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
    assert paths == {"startup": "/health/live", "liveness": "/health/live", "readiness": "/health/ready"}
    assert all(app.test_client().get(path).status_code == 200 for path in paths.values())
    assert probes["readiness"]["timeoutSeconds"] > 3, "the route may take three seconds"


# --- Reachable and reaching --------------------------------------------------------------------------------------


def is_routed(path: str) -> bool:
    (ingress,) = of_kind("Ingress").values()
    return any(
        path == rule["path"] if rule["pathType"] == "Exact" else f"{path}/".startswith(f"{rule['path']}/")
        for rule in ingress["spec"]["rules"][0]["http"]["paths"]
    )


def test_all_but_the_metrics_is_reachable_from_outside(app: Flask) -> None:
    unreachable = {rule.rule for rule in app.url_map.iter_rules() if not is_routed(rule.rule)}
    assert unreachable == {"/metrics"}


def test_the_ingress_speaks_tls_and_lets_the_service_refuse_large_bodies() -> None:
    (ingress,) = of_kind("Ingress").values()
    hosts = [rule["host"] for rule in ingress["spec"]["rules"]]
    assert [host for entry in ingress["spec"]["tls"] for host in entry["hosts"]] == hosts
    annotations = ingress["metadata"]["annotations"]
    assert annotations["nginx.org/redirect-to-https"] == "true"
    assert annotations["nginx.org/client-max-body-size"] == "130m"
    assert SETTINGS["TRUSTED_PROXIES"] == "1"


def applies(policy: Manifest, part: Manifest) -> bool:
    selector, found = policy["spec"]["podSelector"], labels(part)
    return all(found.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        found[rule["key"]] in rule["values"] for rule in selector.get("matchExpressions", [])
    )


def ports(name: str, direction: str) -> set[int]:
    """What a part may reach, or be reached on, by all policies together."""
    policies = [policy for policy in of_kind("NetworkPolicy").values() if applies(policy, component(name))]
    rules = [rule for policy in policies for rule in policy["spec"].get(direction, [])]
    assert all(rule["ports"] and (rule.get("to") or rule.get("from")) for rule in rules), "open to all"
    return {port["port"] for rule in rules for port in rule["ports"]}


DNS, MONGODB, REDIS, GEMINI = 53, 27017, 6379, 443
SMTP = int(SETTINGS["MAIL_PORT"])


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("api", {DNS, MONGODB, REDIS}),
        ("worker", {DNS, MONGODB, REDIS, SMTP}),
        ("worker-ai", {DNS, MONGODB, REDIS, GEMINI}),
        ("worker-ocr", {DNS, MONGODB, REDIS, GEMINI}),
        ("worker-batch", {DNS, MONGODB, REDIS}),
        ("beat", {DNS, REDIS}),
        ("backup", {DNS, MONGODB, REDIS}),
    ],
)
def test_a_part_reaches_what_it_needs_and_nothing_else(name: str, reached: set[int]) -> None:
    assert ports(name, "egress") == reached
    assert ports(name, "ingress") == ({5000} if name == "api" else set())


def test_whatever_is_not_allowed_is_denied() -> None:
    deny = of_kind("NetworkPolicy")["default-deny"]["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_api_is_reached_by_the_ingress_and_by_prometheus_alone() -> None:
    policy = of_kind("NetworkPolicy")["api-from-ingress-and-prometheus"]["spec"]
    assert len(policy["ingress"]) == 1
    assert [entry["namespaceSelector"]["matchLabels"] for entry in policy["ingress"][0]["from"]] == [
        {"kubernetes.io/metadata.name": "nginx-ingress"},
        {"kubernetes.io/metadata.name": "monitoring"},
    ]


def test_the_internet_is_not_the_inside() -> None:
    policies = of_kind("NetworkPolicy").values()
    blocks: list[Any] = [
        peer["ipBlock"]
        for policy in policies
        for rule in policy["spec"].get("egress", [])
        for peer in rule["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]
    assert len(blocks) == 2
    for block in blocks:
        assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(block["except"])


# --- Commands and probes, run ------------------------------------------------------------------------------------


def environment(settings: dict[str, object], **more: str) -> dict[str, object]:
    """Of a container: the commands of the virtual environment, the name of the pod, settings."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**settings, "PATH": path, "HOSTNAME": socket.gethostname(), "PYTHONPATH": ROOT, **more}


@pytest.fixture
def in_pod(app: Flask, settings: dict[str, object], tmp_path: Path) -> Iterator[Any]:
    """Start a part by the command of its manifest, in a directory like that of the image."""
    started: list[Background] = []
    (tmp_path / "schedule").mkdir()

    def start(name: str) -> Background:
        variables = environment(settings)
        started.append(Background(name, ["env", "--chdir", str(tmp_path), *command(name)], variables, tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.end()


def probe_words(name: str) -> list[str]:
    words: list[str] = container(component(name))["livenessProbe"]["exec"]["command"]
    return words


def probe(name: str, settings: dict[str, object], directory: Path, **more: str) -> int:
    variables = {key: str(value) for key, value in environment(settings, **more).items()}
    done = subprocess.run(
        probe_words(name), cwd=directory, env=os.environ | variables, capture_output=True, check=False
    )
    return done.returncode


def own_name(name: str) -> str:
    """What a worker is called on the broker; %h is the name of its pod."""
    return option(" ".join(command(name)), "--hostname")


@pytest.mark.slow
@every_worker
def test_a_worker_runs_by_its_command_and_answers_its_probe(
    name: str, in_pod: Any, app: Flask, settings: dict[str, object], tmp_path: Path
) -> None:
    control, called = app.extensions["celery"].control, own_name(name).replace("%h", socket.gethostname())
    in_pod(name).await_ready(lambda: control.ping(destination=[called], timeout=1))
    if name == PROBED:
        assert probe(name, settings, tmp_path) == 0
        assert probe(name, settings, tmp_path, HOSTNAME="another-pod") != 0


@every_worker
def test_workers_are_probed_alike_each_by_its_own_name(name: str) -> None:
    probed = own_name(PROBED).replace("%h", "$HOSTNAME")
    assert own_name(name).endswith("@%h")
    *shell, line = probe_words(PROBED)
    assert f" --destination {probed} " in line
    assert probe_words(name) == [*shell, line.replace(probed, own_name(name).replace("%h", "$HOSTNAME"))]


@pytest.mark.slow
def test_beat_runs_by_its_command_and_answers_its_probe_while_it_writes(
    in_pod: Any, settings: dict[str, object], tmp_path: Path
) -> None:
    assert probe("beat", settings, tmp_path) != 0
    process = in_pod("beat")
    process.await_ready(lambda: probe("beat", settings, tmp_path) == 0)
    process.end()
    for file in (tmp_path / "schedule").iterdir():
        os.utime(file, (0, 0))
    wait_until(lambda: probe("beat", settings, tmp_path) != 0)
