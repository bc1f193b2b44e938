"""docs/operations.md: the names in it exist, and secrets can be changed as it says."""

import re
from pathlib import Path
from typing import Any

import pymongo
import pytest
from flask import Flask
from pymongo.errors import OperationFailure

from config import ROOT
from dev.servers import free_port
from tests.accounts import another_app, login, profile, refresh
from tests.deploy.manifests import KUSTOMIZATION, SECRET, of_kind
from tests.deploy.stores import mongod
from tests.deploy.test_sharding import SHARD_KEY, SHARDED
from tests.factories import Person, code
from tests.readme.markdown import blocks, shell_scripts
from tests.records import MILK, TRANSACTIONS
from tests.stack.compose import SERVICES

PAGE = ROOT / "docs" / "operations.md"
TEXT = PAGE.read_text()
TYPED = "\n".join(shell_scripts(PAGE))


def test_the_services_commands_exist(app: Flask) -> None:
    manifests = (ROOT / "deploy" / "k8s" / "backup.yaml").read_text()
    named = set(re.findall(r"flask --app run ([a-z-]+)", TYPED + manifests))
    assert {"backup", "restore"} <= named
    assert named <= set(app.cli.commands)


def test_backups_are_made_and_restored_by_containers_that_exist_and_may_write_there() -> None:
    user = re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text())
    assert user
    assert f"install -d -o {user[1]} -m 700 /var/backups/finsight" in TYPED
    runs = re.findall(r"run --rm --no-deps --volume (\S+):(\S+) \\\n\s+(\S+) flask --app run \w+ (\S+)", TYPED)
    assert len(runs) == 2
    for outside, inside, service, target in runs:
        assert (outside, service in SERVICES) == ("/var/backups/finsight", True)
        assert target.startswith(f"{inside}/")


def test_only_what_can_be_spread_is() -> None:
    (commands,) = [block.text for block in blocks(PAGE) if block.language == "js"]
    (key,) = re.findall(r"createIndex\(\{ (\w+): \"(\w+)\" \}\)", commands)
    ((collection, *sharded),) = re.findall(r"shardCollection\(\"finsight\.(\w+)\", \{ (\w+): \"(\w+)\" \}\)", commands)
    assert dict([key]) == dict([sharded]) == SHARD_KEY
    assert collection in SHARDED
    assert f'finsight").{collection}.createIndex' in commands


def test_what_is_typed_for_kubernetes_names_what_is_in_the_manifests() -> None:
    named = set(re.findall(r"(deployment|cronjob)/([a-z-]+)", TYPED))
    assert named == {("deployment", "finsight-api"), ("cronjob", "finsight-backup")}
    assert all(name in of_kind("Deployment", "CronJob") for _, name in named)
    assert set(re.findall(r"--namespace ([a-z]+)", TYPED)) == {KUSTOMIZATION["namespace"]}
    assert f"create secret generic {SECRET['metadata']['name']} " in TYPED


def test_a_new_key_signs_everybody_out_and_lets_them_in_again(
    app: Flask, settings: dict[str, object], person: Person
) -> None:
    once = {"headers": {"Idempotency-Key": "across-the-change"}}
    assert person.post(TRANSACTIONS, MILK, **once).status_code == 201
    with another_app(app, settings, JWT_SECRET_KEY="another-secret-for-the-tests-0123456789abcdef") as other:
        assert profile(other, person.access_token).status_code == 401
        assert refresh(other, person.refresh_token).status_code == 401
        again = login(other, person.email)
        assert again.status_code == 200
        person.client, person.access_token = other.test_client(), again.json["data"]["access_token"]
        assert person.get(TRANSACTIONS).json["data"]["pagination"]["total"] == 1
        refused = person.post(TRANSACTIONS, MILK, **once)
        assert (refused.status_code, code(refused)) == (409, "idempotency_key_reused")


@pytest.mark.slow
def test_a_new_password_for_mongodb_leaves_open_connections_alone(tmp_path: Path) -> None:
    root: dict[str, Any] = {"username": "root", "password": "root-password"}
    port = free_port()
    uri = f"mongodb://finsight:before@127.0.0.1:{port}/finsight?authSource=finsight"
    with mongod(tmp_path, port, "--auth") as first:
        first.admin.command("createUser", "root", pwd=root["password"], roles=["root"])
        with pymongo.MongoClient("127.0.0.1", port, **root) as administrator, pymongo.MongoClient(uri) as service:
            roles = [{"role": "readWrite", "db": "finsight"}]
            administrator.finsight.command("createUser", "finsight", pwd="before", roles=roles)
            service.finsight.things.insert_one({})
            administrator.finsight.command("updateUser", "finsight", pwd="after")
            assert service.finsight.things.count_documents({}) == 1
            with pymongo.MongoClient(uri) as late, pytest.raises(OperationFailure, match="Authentication failed"):
                late.finsight.things.count_documents({})
            with pymongo.MongoClient(uri.replace("before", "after")) as renewed:
                assert renewed.finsight.things.count_documents({}) == 1
