"""connect_moodle: where a Moodle's web services are, and the token for them."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration
from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Transactions


class ConnectMoodle:
    def __init__(self, transactions: Transactions, tenant_id: str) -> None:
        self._transactions = transactions
        self._tenant_id = tenant_id

    def __call__(self, registration_id: str, url: str, token: str) -> Registration:
        """Where Moodle's web services are, and the token an administrator made there.

        A blank address switches it off. A blank token keeps the one that is set, as no page ever shows it, but only
        for the address it was given for: a token must not be sent to another server.
        """
        with self._transactions() as unit:
            held = own_platform(unit, registration_id, self._tenant_id)
            url, token = url.strip().rstrip("/"), token.strip()
            if url and not url.startswith(("https://", "http://")):
                raise BadgeToolError("platform.address_invalid", "Moodle's address begins with https://.", status=422)
            kept = held.moodle_token if url == held.moodle_url else ""
            changed = replace(held, moodle_url=url, moodle_token=(token or kept) if url else "")
            unit.registrations.save(changed)
            work.probe_platform(unit, registration_id)
            for course in unit.courses.of_registration(registration_id):
                work.read_course(unit, course.id, Why.CONNECTED)
            unit.commit()
        return changed
