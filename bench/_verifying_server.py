"""The peer of `ingest`: the same server, which verifies and parses the same events and stores nothing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from lti_tool.bootstrap import assemble
from lti_tool.bootstrap.site import create_site
from lti_tool.cli.memory import keep_what_is_loaded
from lti_tool.cli.run import Server, server_options
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.observability import configure_logs
from lti_tool.settings import Settings
from lti_tool.usecases.ingest_events import IngestEvents, Receipt


class StoresNothing:
    def __call__(self, _registration_id: str, events: Sequence[LearningEvent], *_: Any, **__: Any) -> Receipt:
        return Receipt(len(events), 0)


class VerifyingServer(Server):
    def load(self) -> Any:
        house = assemble(self._settings)
        house.prepare()
        site = create_site(replace(house, ingest=cast(IngestEvents, StoresNothing())))
        keep_what_is_loaded()
        return site


if __name__ == "__main__":
    configure_logs(style="json")
    VerifyingServer(Settings(), server_options("127.0.0.1", int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))).run()
