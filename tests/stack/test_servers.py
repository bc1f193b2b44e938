"""The embedded MongoDB and Redis, without the application."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pymongo
import pytest
import redis

from config import ROOT, Settings
from dev.directory import lasting_secret
from dev.process import StackError
from dev.servers import Binary, Servers, configured, embedded_servers
from tests.waiting import wait_until


def write(servers: Servers) -> None:
    with pymongo.MongoClient(servers.mongo_uri) as mongo, redis.Redis.from_url(servers.redis_url) as cache:
        mongo.get_default_database().things.insert_one({"kept": True}, comment="journaled")
        mongo.admin.command("fsync")
        cache.set("kept", "yes")


def read(servers: Servers) -> tuple[int, bytes | None]:
    with pymongo.MongoClient(servers.mongo_uri) as mongo, redis.Redis.from_url(servers.redis_url) as cache:
        return mongo.get_default_database().things.count_documents({"kept": True}), cache.get("kept")


def test_data_outlives_a_crash_of_both_servers(tmp_path: Path) -> None:
    with embedded_servers(tmp_path) as servers:
        write(servers)
        for server in servers.started:
            server.process.popen.kill()
    assert (tmp_path / "mongod" / "mongod.lock").stat().st_size > 0  # what a crash leaves behind
    with embedded_servers(tmp_path) as servers:
        assert read(servers) == (1, b"yes")


def test_redis_evicts_nothing_and_keeps_a_log(tmp_path: Path) -> None:
    with embedded_servers(tmp_path, mongo_uri="mongodb://elsewhere") as servers:
        assert servers.mongo_uri == "mongodb://elsewhere"
        with redis.Redis.from_url(servers.redis_url) as cache:
            assert cache.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert cache.config_get("appendonly") == {"appendonly": "yes"}


def test_configured_servers_are_used_as_they_are(tmp_path: Path) -> None:
    settings = Settings(DATA_DIR=tmp_path, MONGO_URI="mongodb://there/db", REDIS_URL="redis://there")
    with embedded_servers(settings.DATA_DIR, *configured(settings)) as servers:
        assert (servers.mongo_uri, servers.redis_url, servers.started) == ("mongodb://there/db", "redis://there", [])


def test_a_server_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    (tmp_path / "redis-server").mkdir()
    (tmp_path / "redis-server" / "appendonly.aof").write_text("not a log of Redis")
    servers = embedded_servers(tmp_path, mongo_uri="mongodb://elsewhere")
    with pytest.raises(StackError, match=r"redis-server ended with exit code 1(.|\n)*Bad file format"):
        servers.__enter__()


def test_without_any_binary_it_says_how_to_get_one() -> None:
    with pytest.raises(StackError, match="install it so that it is on PATH, or set MONGO_URI"):
        Binary("no-such-server", "no_such_package", "bin/server", "MONGO_URI").find()


def test_the_binary_of_the_wheel_is_made_executable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "somewheel" / "bin" / "some-server"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o644)
    monkeypatch.syspath_prepend(tmp_path)
    assert Binary("some-server", "somewheel", "bin/some-server", "REDIS_URL").find() == program
    assert program.stat().st_mode & 0o111


def test_servers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, signal; from dev.servers import embedded_servers\n"
        f"with embedded_servers(pathlib.Path({str(tmp_path)!r})) as servers:\n"
        "    print(*(server.process.popen.pid for server in servers.started), flush=True)\n"
        "    signal.pause()"
    )
    owner = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with owner:
        started = [psutil.Process(int(pid)) for pid in owner.stdout.readline().split()]
        assert len(started) == 2
        owner.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(is_alive(process) for process in started))


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_the_secret_lasts_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    secret = lasting_secret(tmp_path)
    assert len(secret) >= 32
    assert lasting_secret(tmp_path) == secret
    assert (tmp_path / "jwt_secret").stat().st_mode & 0o777 == 0o600
