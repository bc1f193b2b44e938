"""The service on databases as docker-compose.yml sets them up: a user with few rights, and a Redis that may be full."""

import re
import shlex
from collections.abc import Callable, Iterator
from subprocess import Popen

import pymongo
import pytest
import redis
import requests
from pymongo.errors import OperationFailure

from config import ROOT
from dev.servers import MongoServer, RedisServer, free_port
from tests.factories import PASSWORD, new_email
from tests.stack.client import Client
from tests.stack.compose import SERVICES, resolved
from tests.stack.running import RunningStack
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
SECRETS = {name: name.lower().replace("_", "-") for name in ("MONGO_ROOT_PASSWORD", "MONGO_PASSWORD", "REDIS_PASSWORD")}
ENVIRONMENT = resolved(
    SERVICES["backend"]["environment"], SECRETS | {"JWT_SECRET_KEY": "x9" * 20, "FILE_ENCRYPTION_KEYS": "unused"}
)
RIGHTS = re.search(r'role: "(\w+)", db: "(\w+)"', (ROOT / "deploy" / "mongo" / "create-user.js").read_text())


@pytest.fixture(scope="module")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MongoDB that asks for passwords, with the two users of the deployment."""
    data, port = tmp_path_factory.mktemp("mongod"), free_port()
    command = [MongoServer.binary.find(), "--auth", "--dbpath", data, "--port", str(port), "--nounixsocket"]
    with Popen([*command, "--bind_ip", "127.0.0.1", "--logpath", data / "log"]) as process:
        try:
            create_users(port)
            yield ENVIRONMENT["MONGO_URI"].replace("mongo:27017", f"127.0.0.1:{port}")
        finally:
            process.terminate()


def create_users(port: int) -> None:
    root = {"username": "root", "password": SECRETS["MONGO_ROOT_PASSWORD"]}
    # As long as there is no user, somebody on the same host may make the first.
    with pymongo.MongoClient("127.0.0.1", port) as client:
        client.admin.command("createUser", root["username"], pwd=root["password"], roles=["root"])
    with pymongo.MongoClient("127.0.0.1", port, **root) as client:
        role, database = RIGHTS.groups()
        roles = [{"role": role, "db": database}]
        client.finsight.command("createUser", "finsight", pwd=SECRETS["MONGO_PASSWORD"], roles=roles)


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Redis of the deployment, started by its very command line."""
    data, port = tmp_path_factory.mktemp("redis-server"), free_port()
    command = shlex.split(resolved(SERVICES["redis"]["command"], SECRETS))
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", data, "--logfile", "log"]
    with Popen([RedisServer.binary.find(), *command[1:], *place]) as process:
        url = ENVIRONMENT["REDIS_URL"].replace("redis:6379", f"127.0.0.1:{port}")
        try:
            wait_until(lambda: answers(url))
            yield url
        finally:
            process.terminate()


def answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.fixture(scope="module")
def stack(start: Callable[..., RunningStack], mongo_uri: str, redis_url: str) -> RunningStack:
    running = start(DATA_DIR="databases", MONGO_URI=mongo_uri, REDIS_URL=redis_url, AI_PROVIDER="local")
    running.wait_ready()
    return running


def test_the_service_needs_no_more_rights_than_it_gets(stack: RunningStack, mongo_uri: str) -> None:
    client = Client(stack)
    entry = client.enter("coffee 250")
    wait_until(lambda: client.read(entry)["status"] == "completed")
    assert client.delete(f"{client.address}/auth/profile", json={"password": PASSWORD}).status_code == 200
    assert "not authorized" not in stack.text()

    with pymongo.MongoClient(mongo_uri) as mongo:
        assert set(mongo.finsight.transactions.index_information()) > {"_id_"}
        for forbidden in (
            lambda: mongo.other.things.insert_one({}),
            lambda: mongo.admin.command("serverStatus"),
            lambda: mongo.finsight.command("createUser", "another", pwd="x", roles=["readWrite"]),
        ):
            with pytest.raises(OperationFailure, match="not authorized"):
                forbidden()


def test_with_redis_full_nobody_signs_in_but_work_goes_on_and_nothing_is_lost(
    stack: RunningStack, redis_url: str
) -> None:
    """As docs/operations.md says."""
    client = Client(stack)
    manual = {"amount": 5, "category": "Other", "description": "Stamps"}
    refresh = {"Authorization": f"Bearer {client.tokens['refresh_token']}"}
    with redis.Redis.from_url(redis_url) as server:
        server.config_set("maxmemory", 1)
        assert client.get(f"{client.address}/transactions/").status_code == 200
        assert client.post(f"{client.address}/transactions/", json=manual).status_code == 201
        entry = client.enter("coffee 250")
        wait_until(lambda: "transactions.categorise not queued: " in stack.text())
        assert client.read(entry)["status"] == "processing"
        refused = [
            client.sign_in(),
            client.post(f"{client.address}/auth/register", json={**client.account, "email": new_email()}),
            client.post(f"{client.address}/auth/refresh", headers=refresh),
            client.post(f"{client.address}/auth/forgot-password", json={"email": client.account["email"]}),
            client.post(f"{client.address}/auth/logout"),
        ]
        assert [answer.status_code for answer in refused] == [503] * len(refused)
        assert requests.get(f"{stack.address}/health", timeout=10).status_code == 200
        server.config_set("maxmemory", "256mb")
    wait_until(lambda: client.get(f"{client.address}/transactions/{entry}").ok, seconds=5)
    wait_until(lambda: client.read(entry)["status"] == "completed", seconds=30)
