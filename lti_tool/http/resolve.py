"""From a host name to the one address that will be connected to."""

from __future__ import annotations

import queue
import socket
import threading
from typing import Any, NamedTuple

from lti_tool.http.addresses import AddressPolicy, is_public


class NotPublic(Exception):
    """The host is not on the public internet. No OSError, so that urllib3 neither retries nor wraps it."""


class Endpoint(NamedTuple):
    """What `socket.connect` needs: an address family and the numeric address."""

    family: socket.AddressFamily
    sockaddr: tuple[Any, ...]


def endpoints(host: str, port: int, policy: AddressPolicy, seconds: float) -> list[Endpoint]:
    """The addresses of `host`, resolved once and checked; the caller connects to these and to nothing else.

    One private address among public ones refuses the host: that mixture is how a rebinding attack looks, and
    no honest public service has it. Raises `NotPublic`, `socket.gaierror`, or `TimeoutError` after `seconds`.
    """
    found = _lookup(host.strip("[]"), port, seconds)
    if not policy.trusts(host, port) and not all(is_public(str(one.sockaddr[0])) for one in found):
        raise NotPublic(host)
    return found


def _lookup(host: str, port: int, seconds: float) -> list[Endpoint]:
    """`getaddrinfo` with a time limit: the system's resolver knows none, so it runs in its own thread."""
    answers: queue.SimpleQueue[list[Endpoint] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
            answers.put([Endpoint(row[0], row[4]) for row in rows])
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(answer, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "not a host name")
    if isinstance(answer, Exception):
        raise answer
    if not answer:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return answer
