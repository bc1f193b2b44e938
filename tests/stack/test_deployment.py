"""The deployment files, held against the code they deploy."""

import re
import shlex
import subprocess
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from app.celery_utils import BROKER_OPTIONS, QUEUES
from config import ROOT, Settings
from dev.commands import WORKERS
from tests.files import new_file_keys
from tests.stack.compose import COMPOSE, SERVICES, Refused, resolved

EXAMPLE = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
SECRETS = {
    name: f"of-{name.lower()}-{'x' * 32}"
    for name in (
        "JWT_SECRET_KEY",
        "MONGO_ROOT_PASSWORD",
        "MONGO_PASSWORD",
        "REDIS_PASSWORD",
    )
} | {"FILE_ENCRYPTION_KEYS": new_file_keys("1")}
DEPLOYED_WORKERS = ("celery-worker", "celery-worker-ai", "celery-worker-ocr", "celery-worker-batch")
APPLICATION = ("backend", "backend-2", *DEPLOYED_WORKERS, "celery-beat")
KIB, MIB = 1024, 1024**2
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def option(command: str, name: str) -> str:
    words = shlex.split(command)
    return words[words.index(name) + 1]


def worker_services() -> dict[str, str]:
    commands = {name: service.get("command", "") for name, service in SERVICES.items()}
    return {name: command for name, command in commands.items() if " worker " in command}


def test_every_queue_has_exactly_one_kind_of_worker_in_both_stacks() -> None:
    deployed = [option(command, "--queues") for command in worker_services().values()]
    developed = [option(command, "--queues") for command in WORKERS.values()]
    assert sorted(",".join(deployed).split(",")) == sorted(",".join(developed).split(",")) == sorted(QUEUES)
    # On their own: a hanging AI delays nothing else, nor does a pile of pictures, or a long import.
    assert {"ai", "ocr", "forecasts,batch"} <= set(deployed)
    assert {"ai", "ocr", "forecasts,batch"} <= set(developed)


def test_deployed_workers_are_those_of_development() -> None:
    """As wide, as large and as patient; each under its own name."""
    deployed = {tuple(command.split(" worker ")[1].split()) for command in worker_services().values()}
    assert deployed == {tuple(f"{options} --hostname {name}@%h".split()) for name, options in WORKERS.items()}


def memory_limit(service: dict[str, Any]) -> int:
    return int(service["mem_limit"].removesuffix("m")) * MIB


def test_a_worker_for_pictures_reads_one_at_a_time_and_is_bounded() -> None:
    command, service = WORKERS["ocr"], SERVICES["celery-worker-ocr"]
    assert (option(command, "--pool"), option(command, "--concurrency")) == ("prefork", "1")
    assert int(option(command, "--soft-time-limit")) < int(option(command, "--time-limit"))
    # Another worker must not get the message of one that is still at it.
    assert int(option(command, "--time-limit")) < BROKER_OPTIONS["visibility_timeout"]
    # Its process is made anew before the container is out of memory.
    assert int(option(command, "--max-memory-per-child")) * KIB < memory_limit(service)


def test_a_worker_for_long_work_is_bounded() -> None:
    command, service = WORKERS["batch"], SERVICES["celery-worker-batch"]
    assert option(command, "--pool") == "prefork"  # it computes, and one process must not take the others along
    processes = int(option(command, "--concurrency"))
    # Both are made anew before the container is out of memory; a task that hangs holds its place for an hour at most.
    assert processes * int(option(command, "--max-memory-per-child")) * KIB < memory_limit(service)
    assert int(option(command, "--time-limit")) <= 3600


@pytest.mark.parametrize("service", worker_services())
def test_a_worker_is_asked_for_its_health_by_its_own_name(service: str) -> None:
    name = option(SERVICES[service]["command"], "--hostname").removesuffix("@%h")
    assert f"--destination {name}@$$HOSTNAME" in SERVICES[service]["healthcheck"]["test"]


def test_only_the_api_is_published_and_only_to_this_host() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"backend": ["127.0.0.1:5000:5000"], "backend-2": ["127.0.0.1:5001:5000"]}


def test_every_service_has_a_health_check_and_comes_back_after_a_crash() -> None:
    assert all(service["restart"] == "unless-stopped" for service in SERVICES.values())
    # The API's is in the image.
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"backend", "backend-2"}
    assert "/health/live" in DOCKERFILE.split("HEALTHCHECK")[1]


@pytest.mark.parametrize("service", APPLICATION)
def test_the_application_gets_what_production_needs(service: str) -> None:
    environment = resolved(SERVICES[service]["environment"], EXAMPLE | SECRETS)
    assert {name for name, value in environment.items() if value} <= set(Settings.model_fields)
    assert environment["FLASK_ENV"] == "production"
    # Also with the example as it is: its empty lines leave these to docker-compose.yml.
    assert (environment["TRUSTED_PROXIES"], environment["LOG_FORMAT"]) == ("1", "json")
    given = {name: value for name, value in (EXAMPLE | environment).items() if value}  # as if it were not there
    Settings(_env_file=None, **given)  # type: ignore[call-arg]


@pytest.mark.parametrize("name", ["TRUSTED_PROXIES", "LOG_FORMAT"])
def test_what_an_operator_sets_wins(name: str) -> None:
    environment = resolved(SERVICES["backend"]["environment"], EXAMPLE | SECRETS | {name: "chosen"})
    assert environment[name] == "chosen"


@pytest.mark.parametrize("service", APPLICATION)
def test_the_application_is_not_given_the_database_administrators_password(service: str) -> None:
    environment = resolved(SERVICES[service]["environment"], EXAMPLE | SECRETS)
    # All of env_file goes into the container but for what is set here.
    seen = EXAMPLE | SECRETS | environment
    assert not [name for name, value in seen.items() if SECRETS["MONGO_ROOT_PASSWORD"] in value]


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_a_secret(secret: str) -> None:
    assert resolved(SERVICES, EXAMPLE | SECRETS)
    with pytest.raises(Refused, match=secret):
        resolved(SERVICES, EXAMPLE | SECRETS | {secret: ""})


def test_the_example_as_it_is_changes_nothing_and_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)  # type: ignore[call-arg]
    with pytest.raises(Refused):
        resolved(SERVICES, EXAMPLE)


def test_the_databases_ask_for_a_password_and_keep_their_data() -> None:
    mongo = resolved(SERVICES["mongo"]["environment"], SECRETS)
    assert mongo["MONGO_INITDB_ROOT_PASSWORD"] == SECRETS["MONGO_ROOT_PASSWORD"]
    assert mongo["MONGO_PASSWORD"] == SECRETS["MONGO_PASSWORD"]
    redis = resolved(SERVICES["redis"]["command"], SECRETS)
    assert option(redis, "--requirepass") == SECRETS["REDIS_PASSWORD"]
    assert option(redis, "--appendonly") == "yes"
    assert option(redis, "--maxmemory") == "256mb"
    assert option(redis, "--maxmemory-policy") == "noeviction"
    for name in ("mongo", "redis"):
        assert SERVICES[name]["volumes"][0].split(":")[0] in COMPOSE["volumes"]


def test_the_script_for_the_databases_user_is_where_the_image_looks_for_it() -> None:
    folder, place, mode = SERVICES["mongo"]["volumes"][1].split(":")
    assert (place, mode) == ("/docker-entrypoint-initdb.d", "ro")
    # Of a .js file, run by mongosh in this database.
    assert [path.name for path in (ROOT / folder).iterdir()] == ["create-user.js"]
    assert SERVICES["mongo"]["environment"]["MONGO_INITDB_DATABASE"] == "finsight"


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
