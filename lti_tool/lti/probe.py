"""Really tries what a platform offers over LTI: its keys, a token, one page of each service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration
from lti_tool.domain.service_lines import NOTICE_SCOPE
from lti_tool.http.errors import HttpError
from lti_tool.lti.claims import SCOPE_LINEITEM, SCOPE_RESULT_READ, SCOPE_ROSTER, SCOPE_SCORE
from lti_tool.lti.connector import PlatformConnector
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import Clock

# Launches are believed within a minute (standard_claims), and HTTP's Date has whole seconds.
MOST_SKEW = timedelta(seconds=30)
_PROBED_SCOPES = (SCOPE_ROSTER, SCOPE_LINEITEM, SCOPE_SCORE, SCOPE_RESULT_READ, NOTICE_SCOPE)
_ROSTER = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"


class LtiProbe:
    """Implements usecases.ports.PlatformProbe. `keys_were_fetched(since)`: whether anybody has come for our own key
    set since then, which tells a platform that cannot reach us from one that does not like what it found.
    `notice_services(registration id)`: where its deployments' notice handlers are named."""

    def __init__(
        self,
        http: requests.Session,
        tokens: CachedServiceTokens,
        clock: Clock,
        keys_were_fetched: Callable[[datetime], bool],
        notice_services: Callable[[str], Sequence[str]] = lambda _: (),
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._clock = clock
        self._keys_were_fetched = keys_were_fetched
        self._notice_services = notice_services

    def __call__(
        self, registration: Registration, courses: Sequence[Course], before: Mapping[Seen, Observation]
    ) -> list[Observation]:
        found = self._keys(registration, before.get(Seen.KEYS))
        granted = self._granted(registration, courses)
        scopes = [scope for scope in _PROBED_SCOPES if scope in granted]
        if not scopes:
            return found
        skewed = any(one.key is Seen.CLOCK and not one.ok for one in found)
        token = self._token(registration, scopes, skewed)
        found.append(token)
        if token.ok:
            found += self._services(registration, courses, scopes)
        return found

    def _granted(self, registration: Registration, courses: Sequence[Course]) -> set[str]:
        """The scopes that may be asked for. A registration by hand names none: then what a launch offers is granted,
        and of the roster and of notices a launch gives the address only (NRPS 2.0, 3.6.1.1)."""
        granted = set(registration.service_scopes).union(*(course.service_scopes for course in courses))
        if not registration.service_scopes:
            if any(course.memberships_url for course in courses):
                granted.add(SCOPE_ROSTER)
            if self._notice_services(registration.id):
                granted.add(NOTICE_SCOPE)
        return granted

    def _keys(self, registration: Registration, before: Observation | None) -> list[Observation]:
        """The key set, and the platform's clock from the header of its answer (RFC 9110, 6.6.1)."""
        asked_at = self._clock.now()
        try:
            response = self._http.get(registration.jwks_url, headers={"Accept": "application/json"})
        except HttpError as error:
            return [Observation(Seen.KEYS, False, self._clock.now(), error.code, error.message)]
        answered_at = self._clock.now()
        clock = _clock(response, asked_at, answered_at)
        kids = _kids(response)
        if kids is None:
            detail = f"What answers there is no key set (HTTP {response.status_code})."
            return [Observation(Seen.KEYS, False, answered_at, "probe.keys_malformed", detail), *clock]
        found = [Observation(Seen.KEYS, True, answered_at, detail=" ".join(kids)), *clock]
        if before is not None and before.ok and before.detail and not set(kids) & set(before.detail.split()):
            found.append(Observation(Seen.KEYS_CHANGED, True, answered_at, detail=" ".join(kids)))
        return found

    def _token(self, registration: Registration, scopes: Sequence[str], skewed: bool) -> Observation:
        asked_at = self._clock.now()
        try:
            self._tokens.renew(registration, scopes)
        except BadgeToolError as error:
            code, detail = error.code, error.message
            refused = 400 <= error.status < 500
            if code == "token.keys_unreachable" or (
                code in ("token.refused", "token.client_refused") and not self._keys_were_fetched(asked_at)
            ):
                code = "token.keys_not_fetched"
                detail = f"{error.message} It did not come for our public keys, which it needs for that."
            elif refused and skewed:
                code = "token.clock"
            return Observation(Seen.TOKEN, False, self._clock.now(), code, detail)
        return Observation(Seen.TOKEN, True, self._clock.now())

    def _services(
        self, registration: Registration, courses: Sequence[Course], scopes: Sequence[str]
    ) -> list[Observation]:
        """One page of each, of the course that was opened last."""
        found = []
        roster = next((course.memberships_url for course in courses if course.memberships_url), "")
        if roster and SCOPE_ROSTER in scopes:
            found.append(self._page(registration, Seen.ROSTER, "nrps", SCOPE_ROSTER, roster, _ROSTER))
        items = next((course.lineitems_url for course in courses if course.lineitems_url), "")
        if items and SCOPE_LINEITEM in scopes:
            found.append(self._page(registration, Seen.LINE_ITEMS, "gradebook", SCOPE_LINEITEM, items, _LINE_ITEMS))
        notices = next(iter(self._notice_services(registration.id)), "")
        if notices and NOTICE_SCOPE in scopes:
            found.append(
                self._page(registration, Seen.NOTICES, "notice_service", NOTICE_SCOPE, notices, "application/json")
            )
        return found

    def _page(self, registration: Registration, key: Seen, room: str, scope: str, url: str, accept: str) -> Observation:
        connector = PlatformConnector(registration, self._tokens, self._http, room)
        try:
            connector.make_service_request([scope], url, accept=accept)
        except BadgeToolError as error:
            return Observation(key, False, self._clock.now(), error.code, error.message)
        return Observation(key, True, self._clock.now())


def _kids(response: requests.Response) -> list[str] | None:
    """The names of the listed keys; None when it is no key set (RFC 7517, section 5)."""
    if response.status_code != 200:
        return None
    try:
        document = response.json()
    except ValueError:
        return None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or not keys:
        return None
    named = [key.get("kid") for key in keys if isinstance(key, dict)]
    return sorted(kid for kid in named if isinstance(kid, str) and kid and len(kid) <= 200 and kid.split() == [kid])


def _clock(response: requests.Response, asked_at: datetime, answered_at: datetime) -> list[Observation]:
    """How far the platform's clock is from ours. An answer from a cache tells the time of the cache, corrected."""
    try:
        told = parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return []
    age = response.headers.get("Age", "")
    if age.isascii() and age.isdigit() and len(age) < 9:
        told += timedelta(seconds=int(age))
    # Date is cut to a second; the true time was somewhere between question and answer.
    early, late = told - answered_at, told + timedelta(seconds=1) - asked_at
    skew = early if early > timedelta(0) else late if late < timedelta(0) else timedelta(0)
    seconds = round(abs(skew).total_seconds())
    if abs(skew) <= MOST_SKEW:
        return [
            Observation(Seen.CLOCK, True, answered_at, detail=f"They differ by {seconds} seconds." if seconds else "")
        ]
    where = "ahead of" if skew > timedelta(0) else "behind"
    detail = f"The platform's clock is {seconds} seconds {where} this server's."
    return [Observation(Seen.CLOCK, False, answered_at, "probe.clock_skew", detail)]
