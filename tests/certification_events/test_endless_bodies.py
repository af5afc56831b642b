"""Bodies without end, at the running server: they are left early, cost no memory, and hold up nobody."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from lti_tool.cli.slow_clients import LONGEST_PAUSE_SECONDS
from tests.chaos.processes import Tool
from tests.factories.house import REGISTRATION, make_house

pytestmark = pytest.mark.timeout(180)
MIB = 1024**2
MOST_GROWTH = 16 * MIB


@pytest.fixture
def tool(furnished_database_url: str, tmp_path: Path) -> Iterator[Tool]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    made.house.engine.dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = Tool(furnished_database_url, tmp_path, port)
    running.start("serve")
    yield running
    running.stop()


def head(length: str, **more: str) -> bytes:
    lines = [
        f"POST /hooks/{REGISTRATION} HTTP/1.1",
        "Host: badges.example.edu",
        "Content-Type: application/json",
        length,
    ]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in more.items()), "", ""]).encode()


def talk(tool: Tool, first: bytes, piece: bytes, most: int) -> tuple[int, bytes]:
    """How many bytes were taken before the server ended it, and what it said."""
    sent = 0
    with socket.create_connection(("127.0.0.1", tool.port), timeout=30) as line:
        line.sendall(first)
        try:
            while sent < most:
                line.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        try:
            said = line.recv(4096)
        except OSError:
            said = b""
    return sent, said


def memory(tool: Tool) -> int:
    """Of the web processes together, in bytes."""
    return sum(psutil.Process(pid).memory_info().rss for pid in tool.pids("serve"))


@pytest.mark.row("EV33")
def test_ev33_what_has_no_end_is_left_and_costs_no_memory(tool: Tool) -> None:
    address = f"{tool.url}/hooks/{REGISTRATION}"
    for _ in range(5):
        requests.post(address, data=b"{}", timeout=30)
    before = memory(tool)
    chunk = b"%x\r\n" % MIB + b" " * MIB + b"\r\n"
    for _ in range(3):
        assert (
            requests.post(address, data=b"{}", timeout=30, headers={"Content-Type": "application/json"}).status_code
            == 401
        )
        sent, said = talk(tool, head("Transfer-Encoding: chunked"), chunk, 200 * MIB)
        assert sent < 100 * MIB, "the server went on reading"
        assert not said or b" 413 " in said
        sent, said = talk(tool, head(f"Content-Length: {10 * MIB}"), b" " * MIB, 10 * MIB)
        assert not said or b" 413 " in said
        bomb = gzip.compress(b" " * 100 * MIB)
        packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        assert requests.post(address, data=bomb, timeout=30, headers=packed).status_code == 415
    assert memory(tool) - before <= MOST_GROWTH


@pytest.mark.slow
@pytest.mark.row("EV33")
def test_ev33_whoever_stops_in_the_middle_holds_no_thread_for_ever(tool: Tool) -> None:
    """More of them than there are threads: the first of the others is answered when their pause was too long."""
    started, lines = time.monotonic(), []
    for _ in range(9):
        line = socket.create_connection(("127.0.0.1", tool.port), timeout=60)
        line.sendall(head("Content-Length: 1000") + b"{")
        lines.append(line)
    answer = requests.get(f"{tool.url}/healthz", timeout=5 * LONGEST_PAUSE_SECONDS)
    assert answer.ok
    said = b""
    # The server sends an answer in two pieces, which need not come as one.
    while b"event.too_slow" not in said and (more := lines[0].recv(4096)):
        said += more
    assert b" 408 " in said
    assert b"event.too_slow" in said
    assert time.monotonic() - started < 4 * LONGEST_PAUSE_SECONDS
    for line in lines:
        line.close()
