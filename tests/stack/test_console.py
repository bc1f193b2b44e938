"""The stream of logs."""

import os
import subprocess
import sys

from config import ROOT
from dev.console import Console


def test_lines_carry_the_name_of_their_process_and_no_colour_outside_a_terminal() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as output, os.fdopen(writer, "wb"):
        console = Console(writer)
        with subprocess.Popen(["printf", "one\\ntwo\\xff"], stdout=subprocess.PIPE) as process:
            console.follow("api", process.stdout)
            assert console.last_lines("api") == "one\ntwo\ufffd"
        console.say("first\nsecond")
        console.close()
        lines = [output.readline() for _ in range(4)]
    assert lines == [b"api      | one\n", b"api      | two\xff\n", b"stack    | first\n", b"stack    | second\n"]


def test_a_reader_that_has_stopped_reading_holds_nothing_up_not_even_the_end() -> None:
    script = (
        "from dev.console import Console; console = Console()\n"
        "for number in range(20_000): console.say(f'line {number}')\n"  # more than the pipe and the queue can take
        "console.close()"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.wait(timeout=10) == 0
        assert process.stdout.readline() == b"stack    | line 0\n"


def test_on_a_terminal_names_are_coloured() -> None:
    reader, writer = os.openpty()
    with os.fdopen(reader, "rb", buffering=0) as output, os.fdopen(writer, "wb"):
        console = Console(writer)
        with subprocess.Popen(["echo", "hello"], stdout=subprocess.PIPE) as process:
            console.follow("api", process.stdout)
            assert console.last_lines("api") == "hello"
        console.close()
        assert output.read(1000) == b"\033[36mapi      | \033[0mhello\r\n"
