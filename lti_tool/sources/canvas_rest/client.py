"""A client of Canvas's REST interface: one question at a time, with a token that is renewed when it must be.

https://developerdocs.instructure.com/services/canvas/basics/file.throttling
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from lti_tool.domain.observation import Observation, Seen
from lti_tool.http import OutgoingHttp, Response
from lti_tool.sources.canvas_rest import errors, pace
from lti_tool.sources.canvas_rest.answers import data_of, is_token_refused
from lti_tool.sources.canvas_rest.oauth import CanvasOauth
from lti_tool.sources.canvas_rest.turns import Turns
from lti_tool.usecases.ports import ApiGrant, Clock, Transactions

# A token that ends while it is on its way would cost a refused call.
RENEW_BEFORE = timedelta(minutes=1)
# A short rest is waited for where the question stands; after these the reading stops and comes back.
MOST_TRIES = 3

Params = Sequence[tuple[str, str]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is the JSON value, `next_address` what the Link header calls the next page ("" on the last)."""

    data: Any
    next_address: str


class CanvasApi:
    """Safe to share between threads and processes."""

    def __init__(
        self, http: OutgoingHttp, oauth: CanvasOauth, turns: Turns, transactions: Transactions, clock: Clock
    ) -> None:
        self._http = http
        self._oauth = oauth
        self._turns = turns
        self._transactions = transactions
        self._clock = clock

    def grant(self, registration_id: str) -> ApiGrant | None:
        with self._transactions(write=False) as unit:
            return unit.api_grants.get(registration_id)

    def ask(self, registration_id: str, address: str, params: Params, scope: str) -> Answer:
        """One answer. Raises CanvasError (`canvas.*`) and `http.*`; `scope` is named where the key lacks it."""
        for tries in range(MOST_TRIES + 1):
            with self._turns.turn(registration_id) as turn:
                response = self._call(registration_id, address, params)
                turn.rest = pace.rest_seconds(response, self._clock.now(), tries)
            if not pace.is_throttled(response):
                break
            log.info("canvas.throttled", registration=registration_id, tries=tries, seconds=round(turn.rest))
        data = data_of(response, scope, turn.rest)
        return Answer(data, response.links.get("next", {}).get("url", ""))

    def _call(self, registration_id: str, address: str, params: Params) -> Response:
        """With a valid token: one that is about to end is renewed before, one that is refused is renewed once."""
        grant = self.grant(registration_id)
        if grant is None or not grant.is_open:
            raise errors.withdrawn() if grant is not None and grant.refused else errors.not_connected()
        fresh = False
        if grant.expires_at is None or grant.expires_at <= self._clock.now() + RENEW_BEFORE:
            grant, fresh = self._renewed(grant), True
        response = self._get(grant, address, params)
        if is_token_refused(response) and not fresh:
            response = self._get(self._renewed(grant), address, params)
        return response

    def _get(self, grant: ApiGrant, address: str, params: Params) -> Response:
        return self._http.get(
            address,
            params=list(params),
            headers={"Authorization": f"Bearer {grant.access_token}", "Accept": "application/json"},
            allow_redirects=False,
        )

    def _renewed(self, grant: ApiGrant) -> ApiGrant:
        """The grant with a new access token, or the end of it: then nothing is called any more."""
        try:
            tokens = self._oauth.refresh(grant)
        except errors.CanvasError as error:
            if error.permanent:
                self._end(grant, error)
            raise
        expires_at = self._clock.now() + tokens.life
        renewed = replace(
            grant,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or grant.refresh_token,
            expires_at=expires_at,
        )
        self._keep(grant, renewed)
        return renewed

    def _end(self, grant: ApiGrant, error: errors.CanvasError) -> None:
        seen = Observation(Seen.CANVAS, False, self._clock.now(), error.code, error.message)
        log.warning("canvas.access_ended", registration=grant.registration_id, code=error.code)
        self._keep(grant, replace(grant, refused=error.code, access_token="", expires_at=None), seen)

    def _keep(self, used: ApiGrant, changed: ApiGrant, seen: Observation | None = None) -> None:
        """Unless an administrator has made another grant meanwhile, of which this says nothing."""
        with self._transactions() as unit:
            held = unit.api_grants.get(used.registration_id)
            if held is None or held.refresh_token != used.refresh_token:
                return
            unit.api_grants.save(changed)
            if seen is not None:
                unit.observations.note(used.registration_id, seen)
            unit.commit()
