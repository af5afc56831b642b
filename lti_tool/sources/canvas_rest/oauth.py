"""OAuth 2.0 as Canvas speaks it: an administrator consents, and a refresh token brings an access token each hour.

https://developerdocs.instructure.com/services/canvas/oauth2/file.oauth_endpoints; RFC 6749, 4.1 and 6.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lti_tool.http import OutgoingHttp, Response
from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.answers import failed, json_of
from lti_tool.sources.canvas_rest.calls import NEEDED_SCOPES, SCOPES
from lti_tool.sources.canvas_rest.pace import FIRST_REST_SECONDS, is_throttled
from lti_tool.usecases.ports import ApiGrant, ApiTokens

_KEY_ERRORS = frozenset({"invalid_client", "unauthorized_client"})


class _TokenAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")
    access_token: str = Field(min_length=1, max_length=4096)
    refresh_token: str = Field(default="", max_length=4096)
    expires_in: int = Field(default=3600, ge=1, le=366 * 86400)


class CanvasOauth:
    """Implements usecases.ports.ApiConsent. `redirect_uri` is the return address as it stands in the key."""

    def __init__(self, http: OutgoingHttp, redirect_uri: str) -> None:
        self._http = http
        self.redirect_uri = redirect_uri

    def consent_address(self, grant: ApiGrant, state: str, *, extras: bool = True) -> str:
        """The page of Canvas on which an administrator allows the access. Canvas refuses who asks for a scope that the
        key lacks, so `extras` can be left out."""
        asked = {
            "client_id": grant.client_id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "state": state,
            "scope": " ".join(SCOPES if extras else NEEDED_SCOPES),
        }
        return f"{grant.url}/login/oauth2/auth?{urlencode(asked)}"

    def exchange(self, grant: ApiGrant, code: str) -> ApiTokens:
        """Tokens for the code that Canvas sent along. Raises CanvasError (`canvas.*`) and `http.*`."""
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        tokens = self._tokens(grant, asked)
        if not tokens.refresh_token:
            raise errors.unexpected()
        return tokens

    def refresh(self, grant: ApiGrant) -> ApiTokens:
        """A new access token. Raises `canvas.access_withdrawn` and `canvas.key_refused` where that is over."""
        return self._tokens(grant, {"grant_type": "refresh_token", "refresh_token": grant.refresh_token})

    def _tokens(self, grant: ApiGrant, asked: dict[str, str]) -> ApiTokens:
        response = self._http.post(
            f"{grant.url}/login/oauth2/token",
            # In the body, never in the address, which logs keep.
            data={"client_id": grant.client_id, "client_secret": grant.client_secret, **asked},
            headers={"Accept": "application/json"},
            allow_redirects=False,
        )
        if response.status_code != 200:
            raise _refused(response)
        try:
            answer = _TokenAnswer.model_validate(json_of(response))
        except ValidationError:
            raise errors.unexpected() from None
        return ApiTokens(answer.access_token, answer.refresh_token, timedelta(seconds=answer.expires_in))


def _refused(response: Response) -> errors.CanvasError:
    """Only a refusal in OAuth's own words (RFC 6749, 5.2) is one; whatever else stands in between may pass."""
    if is_throttled(response):
        return errors.throttled(FIRST_REST_SECONDS)
    if response.status_code not in (400, 401, 403):
        return failed(response)
    try:
        answer = json_of(response)
    except errors.CanvasError as not_canvas:
        return not_canvas
    kind = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(kind, str):
        return errors.http_error(response.status_code)
    return errors.key_refused() if kind in _KEY_ERRORS else errors.withdrawn()
