"""connect_canvas: the key that an administrator made in Canvas, and her consent that the tool reads with it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import ApiConsent, ApiGrant, Clock, Transactions, UnitOfWork

STATE_PURPOSE = "canvas-consent"
# As long as signing in to Canvas, perhaps with a second factor, may take.
STATE_LIFE = timedelta(minutes=10)
NOT_CONSENTED = "canvas.not_consented"
_ALLOWED = "Canvas has allowed it; nothing was read yet."


@dataclass(frozen=True, slots=True)
class CanvasAccess:
    """What an administrator sees of it; no secret is in it. `url` is the address that is known or likely."""

    registration_id: str
    platform_name: str
    url: str
    client_id: str
    has_key: bool
    is_open: bool
    granted_at: datetime | None
    seen: Observation | None


class ConnectCanvas:
    """`test(registration id)` really asks Canvas, and keeps what it found."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        tenant_id: str,
        consent: ApiConsent,
        test: Callable[[str], None],
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id
        self._consent = consent
        self._test = test
        self.redirect_uri = consent.redirect_uri

    def view(self, registration_id: str) -> CanvasAccess:
        with self._transactions(write=False) as unit:
            registration = own_platform(unit, registration_id, self._tenant_id)
            grant = unit.api_grants.get(registration_id)
            return CanvasAccess(
                registration_id,
                registration.name,
                grant.url if grant else _likely_address(unit, registration_id),
                grant.client_id if grant else "",
                has_key=grant is not None,
                is_open=grant is not None and grant.is_open,
                granted_at=grant.granted_at if grant else None,
                seen=unit.observations.of_registration(registration_id).get(Seen.CANVAS),
            )

    def save_key(self, registration_id: str, url: str, client_id: str, secret: str) -> None:
        """The key and where it counts. A blank secret keeps the one that is set, but only for the same key at the same
        address: it must not be sent to another server. Raises `canvas.key_incomplete`."""
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            held = unit.api_grants.get(registration_id)
            same = held is not None and (held.url, held.client_id) == (url, client_id)
            if held is not None and same and secret in ("", held.client_secret):
                return
            if not secret or not client_id or not url:
                raise BadgeToolError("canvas.key_incomplete", "Enter the client ID and the key.", status=422)
            unit.api_grants.save(ApiGrant(registration_id, url, client_id, secret))
            detail = "The key is entered; Canvas has not allowed it yet."
            unit.observations.note(
                registration_id, Observation(Seen.CANVAS, False, self._clock.now(), NOT_CONSENTED, detail)
            )
            unit.commit()

    def begin(self, registration_id: str, session: str) -> str:
        """The page of Canvas on which it is allowed. `session` is a secret of the administrator's own session: only
        there the answer counts. Raises `canvas.not_connected`."""
        return self._begin(registration_id, session, extras=True)

    def ask_for_less(self, session: str, state: str) -> str:
        """The same page for a key without the scopes that are extras: it was refused for the lack of a scope. Raises
        `canvas.state_invalid`, and `canvas.consent_denied` where no extras were asked for."""
        registration_id, _, extras = self._begun(session, state)
        if not extras:
            raise _denied()
        return self._begin(registration_id, session, extras=False)

    def _begin(self, registration_id: str, session: str, *, extras: bool) -> str:
        state, now = secrets.token_urlsafe(32), self._clock.now()
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            grant = unit.api_grants.get(registration_id)
            if grant is None:
                raise BadgeToolError("canvas.not_connected", "Enter the key first.", status=409)
            begun = {"registration_id": registration_id, "session": _digest(session), "key": _key_of(grant)}
            begun |= {"extras": "1"} if extras else {}
            unit.nonces.put(STATE_PURPOSE, _digest(state), begun, now + STATE_LIFE)
            unit.commit()
        return self._consent.consent_address(grant, state, extras=extras)

    def finish(self, session: str, state: str, code: str, refusal: str) -> str:
        """Takes what Canvas sent back, once; gives the platform's id. Raises `canvas.state_invalid`,
        `canvas.consent_denied` and what the exchange of the code raises."""
        registration_id, grant, _ = self._begun(session, state)
        if refusal or not code:
            raise _denied()
        tokens = self._consent.exchange(grant, code)
        now = self._clock.now()
        allowed = replace(
            grant,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            expires_at=now + tokens.life,
            granted_at=now,
            refused="",
        )
        with self._transactions() as unit:
            held = unit.api_grants.get(registration_id)
            if held is None or _key_of(held) != _key_of(grant):
                raise _state_invalid()
            unit.api_grants.save(allowed)
            unit.observations.note(registration_id, Observation(Seen.CANVAS, True, now, detail=_ALLOWED))
            work.probe_platform(unit, registration_id)
            for course in unit.courses.of_registration(registration_id):
                work.read_course(unit, course.id, Why.CONNECTED)
            unit.commit()
        return registration_id

    def _begun(self, session: str, state: str) -> tuple[str, ApiGrant, bool]:
        with self._transactions() as unit:
            begun = unit.nonces.take(STATE_PURPOSE, _digest(state), self._clock.now()) if state else None
            unit.commit()
            if begun is None or not secrets.compare_digest(begun["session"], _digest(session)):
                raise _state_invalid()
            own_platform(unit, begun["registration_id"], self._tenant_id)
            grant = unit.api_grants.get(begun["registration_id"])
        if grant is None or _key_of(grant) != begun["key"]:
            raise _state_invalid()
        return begun["registration_id"], grant, "extras" in begun

    def test(self, registration_id: str) -> None:
        """Asks Canvas now. Raises what the port raises; what Canvas answers is kept for the page."""
        with self._transactions(write=False) as unit:
            own_platform(unit, registration_id, self._tenant_id)
        self._test(registration_id)

    def stop(self, registration_id: str) -> None:
        """Forgets the key and the tokens; what was read stays."""
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            unit.api_grants.forget(registration_id)
            unit.observations.forget(registration_id, Seen.CANVAS)
            unit.commit()


def _likely_address(unit: UnitOfWork, registration_id: str) -> str:
    """Canvas answers its REST interface at the host that it names in launches for its LTI services."""
    for course in unit.courses.of_registration(registration_id):
        for named in (course.memberships_url, course.lineitems_url):
            parts = urlsplit(named)
            if parts.scheme and parts.netloc:
                return f"{parts.scheme}://{parts.netloc}"
    return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key_of(grant: ApiGrant) -> str:
    return _digest(f"{grant.url} {grant.client_id} {grant.client_secret}")


def _denied() -> BadgeToolError:
    return BadgeToolError(
        "canvas.consent_denied",
        "Canvas did not allow it.",
        status=409,
        hint="Allow it as an administrator who may view all grades, and see that the key has all its scopes.",
    )


def _state_invalid() -> BadgeToolError:
    return BadgeToolError(
        "canvas.state_invalid",
        "This answer of Canvas belongs to no step that was begun here, or it came too late or twice.",
        status=403,
        hint="Begin again at “Canvas: second key”.",
    )
