"""A replica set of three real members on one machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo

from dev.process import Process, stop
from dev.servers import STOP_SECONDS, MongoServer
from tests.waiting import wait_until

NAME = "finsight"
MEMBERS = 3
START_SECONDS = 60


class Member(MongoServer):
    """A mongod that waits to be told whom it belongs to."""

    def command(self) -> list[str]:
        """With a small oplog: the disk of the tests isn't the one it would be measured by."""
        return [*super().command(), "--replSet", NAME, "--oplogSize", "64"]

    def ask(self, command: str, value: Any = 1, **options: Any) -> dict[str, Any]:
        """The answer of this very member to an administrative command."""
        with pymongo.MongoClient("127.0.0.1", self.port, directConnection=True) as client:
            return client.admin.command(command, value, **options)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.popen.kill()
        self.process.popen.wait()

    def start_again(self) -> None:
        """At the same address, with the data it had."""
        with self.log.open("ab") as output:
            self.process = Process(self.binary.name, self.command(), output)
        wait_until(self.answers, START_SECONDS)


class ReplicaSet:
    """Three members that follow the primary alone; an election after 10 s without one, MongoDB's default.

    By default one secondary may follow the other, and its death then holds up what needs a majority for a second.
    """

    def __init__(self, members: list[Member]) -> None:
        self.members = members
        addresses = [f"127.0.0.1:{member.port}" for member in members]
        self.uri = f"mongodb://{','.join(addresses)}/finsight?replicaSet={NAME}"
        named = [{"_id": number, "host": address} for number, address in enumerate(addresses)]
        config = {"_id": NAME, "version": 1, "settings": {"chainingAllowed": False}}
        # One by itself leads at once, while three would wait for their first election as long as for any other.
        members[0].ask("replSetInitiate", {**config, "members": named[:1]})
        wait_until(lambda: self._in_state("PRIMARY"), START_SECONDS)
        members[0].ask("replSetReconfig", {**config, "version": 2, "members": named}, force=True)
        self.await_members()

    def primary(self) -> Member:
        """The member that takes writes; waits for one."""
        return wait_until(lambda: next(iter(self._in_state("PRIMARY")), None), START_SECONDS)

    def secondaries(self) -> list[Member]:
        """Those that follow."""
        return self._in_state("SECONDARY")

    def await_members(self) -> None:
        """Wait until one leads and all others follow."""
        wait_until(lambda: len(self._in_state("PRIMARY")) == 1, START_SECONDS)
        wait_until(lambda: len(self._in_state("SECONDARY")) == MEMBERS - 1, START_SECONDS)

    def _in_state(self, state: str) -> list[Member]:
        running = [member for member in self.members if not member.process.ended]
        told = running[0].ask("replSetGetStatus")["members"]
        return [member for member in running if f"127.0.0.1:{member.port}" in names(told, state)]


def names(told: list[dict[str, Any]], state: str) -> set[str]:
    return {member["name"] for member in told if member["stateStr"] == state}


@contextmanager
def replica_set(directory: Path) -> Iterator[ReplicaSet]:
    """Run three members, with their data under `directory`, for the time of the `with`."""
    members: list[Member] = []
    lock = os.open(directory, os.O_RDONLY)  # a server keeps one open, here of no meaning
    try:
        for number in range(MEMBERS):
            place = directory / f"member-{number}"
            place.mkdir()
            members.append(Member(place, lock))
        for member in members:
            wait_until(member.answers, START_SECONDS)
        yield ReplicaSet(members)
    finally:
        stop([member.process for member in members], STOP_SECONDS)
        os.close(lock)
