"""Streams of Canvas Live Events on a page of their own: made, with what to enter in Canvas, and retired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources import canvas_live_events as live
from lti_tool.sources.canvas_live_events.stream import host_of
from lti_tool.usecases.ports import SourceCredential
from lti_tool.usecases.view_platform import PlatformPage
from lti_tool.web.admin.shown import UNPROCESSABLE, show, to
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices

CANVAS = "canvas"


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream that counts. `address` is "" where it holds a secret."""

    id: str
    key_id: str
    address: str
    stream: live.Stream
    created_at: datetime
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class StreamForm:
    """The form as it is to be shown: what is usual for the platform, or what was sent and refused."""

    is_signed: bool
    jwks_url: str
    hosts: str
    trusts_caliper: bool
    error: str = ""


def stream_rows(credentials: list[SourceCredential], base_url: str) -> list[StreamRow]:
    return [
        _row(one, live.Stream.from_json(one.settings), base_url)
        for one in credentials
        if one.source == live.SOURCE and one.retired_at is None
    ]


def _row(one: SourceCredential, stream: live.Stream, base_url: str) -> StreamRow:
    address = live.address_of(base_url, one.registration_id, one.key_id, stream, "") if stream.is_signed else ""
    return StreamRow(one.id, one.key_id, address, stream, one.created_at, one.last_heard_at)


class LiveEventsPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def live_events(self, registration_id: str) -> Response:
        """What stands, how to subscribe in Canvas, and a form for another stream."""
        session = self._login.current()
        return self._page(session, registration_id) if session else to("admin.welcome")

    def add_live_events(self, registration_id: str) -> Response:
        """Makes a stream. An address with a secret in it is shown by this answer only."""
        session = self._login.require_action()
        form = StreamForm(
            typed(request.form, "signed") != "no",
            typed(request.form, "jwks_url"),
            typed(request.form, "hosts"),
            typed(request.form, "trusts_caliper") == "yes",
        )
        try:
            stream = live.read_stream(form.is_signed, form.jwks_url, form.hosts, form.trusts_caliper)
        except BadgeToolError as error:
            sent = StreamForm(form.is_signed, form.jwks_url, form.hosts, form.trusts_caliper, error.message)
            return self._page(session, registration_id, sent, status=UNPROCESSABLE)
        made = self._services.source_keys.add(registration_id, live.SOURCE, stream.to_json())
        if stream.is_signed:
            return to("admin.live_events", registration_id=registration_id, done="stream")
        address = live.address_of(self._services.base_url, registration_id, made.key_id, stream, made.secret)
        return self._page(session, registration_id, secret_address=address)

    def _page(
        self,
        session: AdminSession,
        registration_id: str,
        sent: StreamForm | None = None,
        secret_address: str = "",
        status: int = 200,
    ) -> Response:
        page = self._services.platforms.page(registration_id)
        rows = stream_rows(self._services.source_keys.of_platform(registration_id), self._services.base_url)
        shown = not secret_address and (not rows or rows[-1].stream.is_signed)
        return show(
            "admin/live_events.html",
            session,
            status,
            platform=page.registration,
            streams=rows,
            secret_address=secret_address,
            steps=live.steps(live.Stream(is_signed=shown)),
            events=live.EVENTS,
            form=sent or StreamForm(True, live.JWKS_URL, usual_hosts(page), False),
        )


def usual_hosts(page: PlatformPage) -> str:
    """The hosts of the account, as its services named them: the issuer is the same for all of hosted Canvas."""
    addresses = (line.course.memberships_url or line.course.lineitems_url for line in page.courses)
    return ", ".join(dict.fromkeys(filter(None, map(host_of, addresses))))
