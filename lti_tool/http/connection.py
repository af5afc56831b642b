"""urllib3 connections that check the address at the socket.

Checking a URL first and connecting later resolves the name twice, and the second answer may differ (DNS
rebinding). Here the name is resolved once, inside the function that opens the socket.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from lti_tool.http.addresses import AddressPolicy
from lti_tool.http.deadline import current_deadline
from lti_tool.http.resolve import Endpoint, endpoints

_LONGEST_CONNECT = 10.0


class _Guarded(HTTPConnection):
    """Resolves, checks and connects; reports its socket to the deadline of the request it carries."""

    policy = AddressPolicy()

    def _new_conn(self) -> socket.socket:
        seconds = self._patience()
        try:
            found = endpoints(self._dns_host, self.port or self.default_port, self.policy, seconds)
            sock = self._connect_to_first(found)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"connecting to {self.host} took too long") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self.host}") from error
        sys.audit("http.client.connect", self, self.host, self.port)
        _watch(sock)
        return sock

    def _connect_to_first(self, found: list[Endpoint]) -> socket.socket:
        """The first of the checked addresses that takes the connection."""
        last: OSError = OSError("no address")
        for endpoint in found:
            sock = socket.socket(endpoint.family, socket.SOCK_STREAM)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(self._patience())
                sock.connect(endpoint.sockaddr)
            except OSError as error:
                sock.close()
                last = error
            else:
                return sock
        raise last

    def _patience(self) -> float:
        """Seconds to wait for one step of connecting: the connect limit, within what the deadline leaves."""
        limit = float(self.timeout) if isinstance(self.timeout, int | float) else _LONGEST_CONNECT
        running = current_deadline()
        # Zero would make the socket non-blocking; a millisecond ends in the time-out that it is.
        return limit if running is None else max(0.001, min(limit, running.remaining()))

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        """A connection kept from an earlier request comes under the deadline of this one."""
        if self.sock is not None:
            _watch(self.sock)
        super().putrequest(*args, **kwargs)


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same over TLS; the certificate is checked against the name, the connection goes to the address."""


def _watch(sock: socket.socket) -> None:
    running = current_deadline()
    if running is not None:
        running.watch(sock)


def pool_classes(policy: AddressPolicy) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools by scheme, whose connections obey `policy`."""
    plain = type("GuardedHTTPConnection", (_Guarded,), {"policy": policy})
    tls = type("GuardedHTTPSConnection", (_GuardedTls,), {"policy": policy})
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }
