"""A line between the tool and a server that can be cut, slow and lossy: a proxy on this machine."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Address = tuple[str, int] | Path
_CHUNK = 65_536
# As a sender waits before it sends a lost packet again, at first (RFC 6298, as Linux has it).
RETRANSMISSION_SECONDS = 0.2


class BadNetwork:
    """Passes on what comes to `port` to `server`, a host and port or a Unix socket, as long as the line is whole.

    `delay` gives the seconds by which a piece is late, `loss` how likely it has to be sent again. While the line is cut
    nothing is passed on in either direction and nobody is told, as where a cable is pulled out; what was under way
    arrives when it is mended.
    """

    def __init__(self, server: Address, *, delay: Callable[[], float] = lambda: 0.0, loss: float = 0.0) -> None:
        self._server, self._delay, self._loss = server, delay, loss
        self._chance = random.Random(23)
        self._whole = threading.Event()
        self._whole.set()
        self._awaited: list[bytes] = []
        self._cuts_after = False
        self.was_cut = threading.Event()
        self.passed, self.lost = 0, 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._whole.clear()
        self.was_cut.set()

    def cut_at(self, *words: bytes, after: bool = False) -> None:
        """Cuts the line when the client has said these one after another: before the last has got through, or else
        (`after`) before the answer to it has."""
        self._awaited, self._cuts_after = list(words), after

    def mend(self) -> None:
        self._awaited = []
        self._whole.set()

    def close(self) -> None:
        self.mend()
        for one in [self._listener, *self._open]:
            _hang_up(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        # A connection is not made through a line that is cut.
        self._whole.wait()
        try:
            server = _connected(self._server)
        except OSError:
            _hang_up(client)
            return
        self._open += [client, server]
        threading.Thread(target=self._pass_on, args=(server, client, False), daemon=True).start()
        self._pass_on(client, server, True)

    def _pass_on(self, source: socket.socket, target: socket.socket, is_request: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_CHUNK):
                self._be_late()
                cuts = is_request and self._has_said(piece)
                if cuts and not self._cuts_after:
                    self.cut()
                self._whole.wait()
                if cuts and self._cuts_after:
                    self.cut()
                target.sendall(piece)
                self.passed += 1
        # Nor does the other side's end come through.
        self._whole.wait()
        _hang_up(target)

    def _has_said(self, piece: bytes) -> bool:
        """Whether this was the last of what the line is to be cut at."""
        if not self._awaited:
            return False
        for words in list(self._awaited):
            if words not in piece:
                return False
            self._awaited.remove(words)
        return True

    def _be_late(self) -> None:
        seconds = self._delay()
        if self._chance.random() < self._loss:
            self.lost += 1
            seconds += RETRANSMISSION_SECONDS
        if seconds:
            time.sleep(seconds)


@contextmanager
def bad_network(
    server: Address, *, delay: Callable[[], float] = lambda: 0.0, loss: float = 0.0
) -> Iterator[BadNetwork]:
    line = BadNetwork(server, delay=delay, loss=loss)
    yield line
    line.close()


def _connected(address: Address) -> socket.socket:
    if isinstance(address, Path):
        made = socket.socket(socket.AF_UNIX)
        made.connect(str(address))
        return made
    return socket.create_connection(address, 5)


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
