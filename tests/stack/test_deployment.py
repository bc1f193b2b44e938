"""The deployment files, held against the code they deploy."""

import re
import shlex
import subprocess

import pytest
import yaml

from app.celery_utils import QUEUES
from config import ROOT, Settings
from dev.commands import WORKERS

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
APPLICATION = ("backend", "celery-worker", "celery-worker-ai", "celery-beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def option(command: str, name: str) -> str:
    words = shlex.split(command)
    return words[words.index(name) + 1]


def worker_services() -> dict[str, str]:
    commands = {name: service.get("command", "") for name, service in SERVICES.items()}
    return {name: command for name, command in commands.items() if " worker " in command}


def test_every_queue_has_exactly_one_kind_of_worker_in_both_stacks() -> None:
    deployed = [option(command, "--queues") for command in worker_services().values()]
    developed = [queues for queues, _ in WORKERS.values()]
    assert sorted(",".join(deployed).split(",")) == sorted(",".join(developed).split(",")) == sorted(QUEUES)
    assert "ai" in deployed  # on its own: a hanging AI delays nothing else
    assert "ai" in developed


def test_deployed_workers_are_as_wide_as_the_developed_ones() -> None:
    deployed = {option(command, "--queues"): option(command, "--concurrency") for command in worker_services().values()}
    assert deployed == {queues: str(concurrency) for queues, concurrency in WORKERS.values()}


@pytest.mark.parametrize("service", worker_services())
def test_a_worker_is_asked_for_its_health_by_its_own_name(service: str) -> None:
    name = option(SERVICES[service]["command"], "--hostname").removesuffix("@%h")
    assert f"--destination {name}@$$HOSTNAME" in SERVICES[service]["healthcheck"]["test"]


def test_only_the_api_is_published_and_only_to_this_host() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"backend": ["127.0.0.1:5000:5000"]}


def test_every_service_has_a_health_check_and_comes_back_after_a_crash() -> None:
    assert all(service["restart"] == "unless-stopped" for service in SERVICES.values())
    # The API's is in the image.
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"backend"}
    assert "/health/live" in DOCKERFILE.split("HEALTHCHECK")[1]


@pytest.mark.parametrize("service", APPLICATION)
def test_the_application_gets_only_variables_it_knows_and_no_default_secret(service: str) -> None:
    environment = SERVICES[service]["environment"]
    assert set(environment) <= set(Settings.model_fields)
    assert environment["FLASK_ENV"] == "production"
    for name in ("JWT_SECRET_KEY", "MONGO_URI", "REDIS_URL"):
        assert re.search(r"\$\{[A-Z_]+:\?", environment[name]), f"{name} does not insist on a secret"


def test_the_databases_ask_for_a_password_and_keep_their_data() -> None:
    assert ":?" in SERVICES["mongo"]["environment"]["MONGO_INITDB_ROOT_PASSWORD"]
    redis = SERVICES["redis"]["command"]
    assert ":?" in redis.split("--requirepass")[1].split("--")[0]
    assert option(redis.replace("set it in", ""), "--appendonly") == "yes"
    assert option(redis.replace("set it in", ""), "--maxmemory-policy") == "noeviction"
    for name in ("mongo", "redis"):
        assert SERVICES[name]["volumes"][0].split(":")[0] in COMPOSE["volumes"]


def test_the_image_holds_what_it_copies_and_runs_as_somebody_else_than_root() -> None:
    copied = [
        source
        for line in DOCKERFILE.splitlines()
        if line.startswith("COPY") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == allowed
    assert all((ROOT / source).exists() for source in copied)
    assert DOCKERFILE.rindex("USER finsight") > DOCKERFILE.rindex("RUN")


def test_the_image_needs_nothing_of_development() -> None:
    imports = re.compile(r"^(from|import) (dev|tests|ml)\b", re.MULTILINE)
    modules = [*(ROOT / "app").rglob("*.py"), *(ROOT / f"{name}.py" for name in ("config", "run", "celery_worker"))]
    assert [str(module) for module in modules if imports.search(module.read_text())] == []


def test_the_workflow_runs_the_script_that_runs_the_tests() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    assert workflow["jobs"]["test"]["steps"][-1]["run"] == ".ci/run"
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-1] == "exec make test"
    subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_requirement_is_locked(name: str) -> None:
    requirement = re.compile(r"^([A-Za-z0-9_.-]+)(?=[^A-Za-z0-9_.-]|$)", re.MULTILINE)
    wanted = {found.lower().replace("_", "-") for found in requirement.findall((ROOT / f"{name}.in").read_text())}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / f"{name}.txt").read_text(), re.MULTILINE))
    assert wanted - locked - {"-c"} == set(), "run: make lock"
