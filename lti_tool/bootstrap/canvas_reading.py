"""Reading Canvas by its REST interface: client, source and probe, made once for workers and once for pages."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from lti_tool.http import OutgoingHttp
from lti_tool.sources.canvas_rest import CanvasApi, CanvasOauth, CanvasProbe, CanvasRestSource, Turns
from lti_tool.usecases.ports import Clock, Transactions

# Where Canvas sends an administrator back to; it stands in the key, one for all platforms of an installation.
RETURN_PATH = "/admin/canvas/return"


@dataclass(frozen=True, slots=True)
class CanvasReading:
    oauth: CanvasOauth
    source: CanvasRestSource
    probe: CanvasProbe


def make_canvas_reading(
    transactions: Transactions,
    clock: Clock,
    http: OutgoingHttp,
    base_url: str,
    wait: Callable[[float], None] = time.sleep,
) -> CanvasReading:
    oauth = CanvasOauth(http, f"{base_url}{RETURN_PATH}")
    api = CanvasApi(http, oauth, Turns(transactions, wait), transactions, clock)
    return CanvasReading(
        oauth, CanvasRestSource(api, transactions, clock), CanvasProbe(api, transactions, clock)
    )  # fmt: skip
