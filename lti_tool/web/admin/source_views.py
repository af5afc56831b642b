"""Credentials of a platform's senders: made, shown once, retired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration
from lti_tool.sources import webhook
from lti_tool.sources.kinds import KINDS, SourceKind, address_of, kind_of
from lti_tool.sources.sender import PERSON_KINDS, Sender, read_sender, usual_sender
from lti_tool.usecases.ports import SourceCredential
from lti_tool.web.admin.shown import UNPROCESSABLE, show, to
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A credential that counts; its secret is not in it."""

    id: str
    kind: str
    key_id: str
    home_page: str
    course_id: str
    created_at: datetime
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceForm:
    """The form as it is to be shown: what is usual for the platform, or what was sent and refused."""

    kinds: list[tuple[str, str]]
    person_kinds: list[tuple[str, str]]
    kind: str
    sender: Sender
    error: str = ""


def source_rows(credentials: list[SourceCredential]) -> list[SourceRow]:
    return [
        SourceRow(
            one.id,
            KINDS[one.source].name,
            one.key_id,
            Sender.from_json(one.settings).home_page,
            Sender.from_json(one.settings).course_id,
            one.created_at,
            one.last_heard_at,
        )
        # Other sources keep credentials too, and show them in sections of their own.
        for one in credentials
        if one.source in KINDS and KINDS[one.source].names_accounts and one.retired_at is None
    ]


def webhook_rows(credentials: list[SourceCredential]) -> list[SourceCredential]:
    """The secrets of webhooks that count; their texts are never shown."""
    return [one for one in credentials if one.source == webhook.SOURCE and one.retired_at is None]


def source_form(registration: Registration, kind: str = "", sent: Sender | None = None, error: str = "") -> SourceForm:
    names = [(code, each.name) for code, each in KINDS.items() if each.names_accounts]
    return SourceForm(names, list(PERSON_KINDS.items()), kind, sent or usual_sender(registration), error)


class SourcePages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def add_source(self, registration_id: str) -> Response:
        """Makes a credential and shows it, this once."""
        session = self._login.require_action()
        registration = self._services.platforms.page(registration_id).registration
        code = typed(request.form, "kind")
        fields = [typed(request.form, name) for name in ("home_page", "person_kind", "course_id")]
        try:
            kind, sender = _kind_with_accounts(code), read_sender(*fields)
        except BadgeToolError as error:
            form = source_form(registration, code, Sender(*fields), error.message)
            values = {"form": form, "platform": registration}
            return show("admin/source_refused.html", session, UNPROCESSABLE, **values)
        return self._made(session, registration, kind, sender.to_json())

    def add_webhook(self, registration_id: str) -> Response:
        """Makes a secret for webhooks and shows it, this once."""
        session = self._login.require_action()
        registration = self._services.platforms.page(registration_id).registration
        return self._made(session, registration, kind_of(webhook.SOURCE), {})

    def _made(
        self, session: AdminSession, registration: Registration, kind: SourceKind, settings: dict[str, str]
    ) -> Response:
        made = self._services.source_keys.add(registration.id, kind.code, settings)
        address = address_of(self._services.base_url, kind.code, registration.id)
        entries = [
            {"key": f"entry-{place}", "label": label, "text": text}
            for place, (label, text) in enumerate(kind.entries(address, made.key_id, made.secret))
        ]
        return show("admin/source_made.html", session, kind=kind.name, entries=entries, platform=registration)

    def retire_source(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.source_keys.retire(registration_id, typed(request.form, "credential_id"))
        return to("admin.platform", registration_id=registration_id, done="source-retired")


def _kind_with_accounts(code: str) -> SourceKind:
    """A kind of which this form makes credentials. Raises `source.kind_unknown`."""
    return kind_of(code if code in KINDS and KINDS[code].names_accounts else "")
