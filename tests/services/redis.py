"""A private Redis on a free loopback port that writes nothing to disk."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

STARTS_WITHIN_SECONDS = 20


@contextmanager
def running_redis(executable: Path, folder: Path) -> Iterator[str]:
    """Starts Redis; gives its URL. A port that somebody else takes first costs another try."""
    for _ in range(5):
        port = _free_port()
        log = (folder / f"redis-{port}.log").open("w")
        process = subprocess.Popen(
            [str(executable), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            if _answers(process, port):
                yield f"redis://127.0.0.1:{port}/0"
                return
        finally:
            process.terminate()
            process.wait(timeout=20)
            log.close()
    raise RuntimeError(f"Redis did not start; see {folder}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Waits until our own server answers; False when it ended first, as it does on a busy port."""
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with Redis(port=port) as client:
                if client.info("server")["process_id"] == process.pid:
                    return True
        except RedisConnectionError:
            time.sleep(0.02)
    return False
