"""What issuers here say for badges and for one another."""

from __future__ import annotations

from flask import Response, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor
from lti_tool.usecases.ports import StoredEndorsement
from lti_tool.web.admin.shown import UNPROCESSABLE, show, to
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices


class EndorsementPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def endorsements(self) -> Response:
        """All that was said, and a form for more."""
        session = self._login.current()
        return self._page(session) if session else to("admin.welcome")

    def endorse(self) -> Response:
        """Signs an endorsement in the name of an issuer."""
        session = self._login.require_action()
        try:
            self._made()
        except BadgeToolError as error:
            return self._page(session, error)
        return to("admin.endorsements", done="endorsed")

    def withdraw_endorsement(self, endorsement_id: str) -> Response:
        """No new badge carries it."""
        self._login.require_action()
        self._services.endorse.withdraw(endorsement_id)
        return to("admin.endorsements", done="endorsement-withdrawn")

    def _made(self) -> StoredEndorsement:
        endorser, comment = typed(request.form, "endorser"), typed(request.form, "comment")
        kind, _, name = typed(request.form, "about").partition(":")
        actor = Actor("operator", "", typed(request.form, "by") or "Administrator")
        if kind == "badge":
            return self._services.endorse.badge(endorser, name, comment, actor)
        return self._services.endorse.issuer(endorser, name, comment, actor)

    def _page(self, session: AdminSession, error: BadgeToolError | None = None) -> Response:
        endorse, issuers = self._services.endorse, self._services.issuers.all()
        badges = endorse.badges()
        names = {one.slug: one.name for one in issuers}
        spoken_of = {one.id: one.name for one in issuers} | {address: one.name for address, one in badges.items()}
        return show(
            "admin/endorsements.html",
            session,
            UNPROCESSABLE if error else 200,
            endorsements=endorse.all(),
            issuers=issuers,
            badges=list(badges.values()),
            names=names,
            spoken_of=spoken_of,
            sent=request.form,
            error=error,
        )
