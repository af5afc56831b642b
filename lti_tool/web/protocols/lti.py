"""The addresses a platform and the browser come to: login, launch, keys, registration.

Thin on purpose. What binds a launch to the browser is decided in lti_tool/lti; the pages here only carry it: by a
partitioned cookie, else by the platform's storage, else in a new window.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import structlog
from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration
from lti_tool.lti.browser_storage import fingerprint, new_secret
from lti_tool.lti.dynamic_registration import RegistrationOutcome
from lti_tool.lti.login import LoginStep
from lti_tool.lti.refusals import BrowserBindingMissing, refusal
from lti_tool.lti.urls import origin
from lti_tool.usecases.receive_launch import OpenedSession
from lti_tool.web.security.browser_cookie import read_browser_secret, set_browser_secret
from lti_tool.web.security.csp import FRAMED_BY_ANYBODY, content_security_policy, frame_ancestors

log = structlog.get_logger(__name__)

# Bytes of a launch: the longest token that is looked at, and what comes with it.
LONGEST_FORM = 2 * 1024 * 1024
_DEFAULT_PORT = re.compile(r":(80|443)$")


@dataclass(frozen=True, slots=True)
class LtiEndpoints:
    """What the blueprint calls, mostly methods of lti.tool.LtiTool. `launch(registration id, form, browser secret,
    proof)` checks a launch and opens its session (the use case ReceiveLaunch); `register_platform(invite token,
    configuration address, registration token)` uses the invitation up and stores the registration. `base_url` is where
    browsers reach the tool."""

    registration_of: Callable[[str], Registration | None]
    begin_login: Callable[[str, Mapping[str, str], str], LoginStep]
    continue_login: Callable[[str, Mapping[str, str], str], LoginStep]
    launch: Callable[[str, Mapping[str, str], str | None, str | None], OpenedSession]
    public_keys: Callable[[], dict[str, list[dict[str, Any]]]]
    register_platform: Callable[[str, str, str], RegistrationOutcome]
    base_url: str


def lti_blueprint(endpoints: LtiEndpoints) -> Blueprint:
    """All routes of LTI. They need no CSRF token: a launch is proved by the platform's signature and the state."""
    pages = _LtiPages(endpoints)
    blueprint = Blueprint("lti", __name__)
    for rule, methods, view in (
        ("/lti/<registration_id>/login", ["GET", "POST"], pages.login),
        ("/lti/<registration_id>/launch", ["GET", "POST"], pages.launch),
        ("/lti/continue/<state>", ["GET"], pages.continue_login),
        ("/lti/cookie-check/<expected>", ["GET"], pages.cookie_check),
        ("/lti/jwks.json", ["GET"], pages.jwks),
        ("/lti/register/<invite_token>", ["GET"], pages.register),
    ):
        blueprint.add_url_rule(rule, view.__name__, view, methods=methods)
    blueprint.register_error_handler(BadgeToolError, pages.refused)
    blueprint.register_error_handler(RequestEntityTooLarge, lambda _: pages.refused(refusal("jwt.too_large")))
    blueprint.register_error_handler(TooManyRequests, lambda _: pages.refused(refusal("login.rate_limited")))
    return blueprint


class _LtiPages:
    """The views."""

    def __init__(self, endpoints: LtiEndpoints) -> None:
        self._do = endpoints

    def login(self, registration_id: str) -> Response:
        """Third-party initiated login, by GET or POST."""
        self._require_own_host()
        params = single_values("login.param_repeated", request.args, request.form)
        secret = read_browser_secret(request) or new_secret()
        step = self._do.begin_login(registration_id, params, secret)
        response = self._page(
            "lti/login.html",
            frame_ancestors(step.registration),
            step=step,
            cookie_check_url=url_for("lti.cookie_check", expected=_fingerprint(secret)),
            continue_url=f"{url_for('lti.continue_login', state=step.state)}?{urlencode(step.again)}",
        )
        set_browser_secret(response, secret)
        return response

    def _require_own_host(self) -> None:
        """No address is ever made from the Host header; but a login that came by another name would set its cookie
        there, and the launch would not find it."""
        own, given = (host.lower() for host in (urlsplit(self._do.base_url).netloc, request.host))
        if _DEFAULT_PORT.sub("", given) != _DEFAULT_PORT.sub("", own):
            raise refusal("login.host_untrusted")

    def continue_login(self, state: str) -> Response:
        """The same login in another browsing context: a new window, where our cookie is first-party."""
        secret = read_browser_secret(request) or new_secret()
        params = single_values("login.param_repeated", request.args)
        step = self._do.continue_login(state, params, secret)
        response = cast(Response, redirect(step.auth_url, 302))
        response.headers["Cache-Control"] = "no-store"
        set_browser_secret(response, secret)
        return response

    def cookie_check(self, expected: str) -> Response:
        """Whether the cookie that the login page set came back: same, other (another frame was faster), none."""
        secret = read_browser_secret(request)
        state = "none" if secret is None else "same" if _fingerprint(secret) == expected else "other"
        response = jsonify(cookie=state)
        response.headers["Cache-Control"] = "no-store"
        return response

    def launch(self, registration_id: str) -> Response:
        """The platform's form post. A plain GET (Moodle looks at the address of a new link) gets a friendly page."""
        request.max_form_memory_size = LONGEST_FORM
        form = single_values("jwt.param_repeated", request.form)
        if request.args.get("error") and not form:
            form = {"error": request.args["error"]}
        if request.method != "POST" and not form:
            return self._page("lti/welcome.html", self._framed_by(registration_id))
        secret = read_browser_secret(request)
        try:
            opened = self._do.launch(registration_id, form, secret, form.get("proof"))
        except BrowserBindingMissing as missing:
            if missing.storage is None:
                raise
            return self._ask_storage(registration_id, form, missing)
        log.info(
            "launch.accepted",
            registration=registration_id,
            message_type=opened.launch.message_type.value,
            left_out=list(opened.launch.left_out),
            correlation_id=_correlation_id(),
        )
        return self._into_session(registration_id, opened, secret)

    def _ask_storage(self, registration_id: str, form: Mapping[str, str], missing: BrowserBindingMissing) -> Response:
        fields = {name: form[name] for name in ("id_token", "state") if name in form}
        correlation_id = _correlation_id()
        log.info("lti.storage_asked", registration=registration_id, correlation_id=correlation_id)
        return self._page(
            "lti/storage.html",
            self._framed_by(registration_id),
            fields=fields,
            storage=missing.storage,
            error=missing,
            correlation_id=correlation_id,
        )

    def _into_session(self, registration_id: str, opened: OpenedSession, secret: str | None) -> Response:
        """With a cookie the browser is sent on; without, the page itself carries the session's token there."""
        address = f"/s/{opened.session.id}/"
        if secret is not None:
            response = cast(Response, redirect(address, 303))
            response.headers["Cache-Control"] = "no-store"
            return response
        return self._page(
            "lti/opening.html",
            self._framed_by(registration_id),
            address=address,
            launch_token=opened.page_token,
        )

    def jwks(self) -> Response:
        """The tool's public keys. Platforms may keep them a while: a new key is listed before it signs."""
        response = jsonify(self._do.public_keys())
        response.headers["Cache-Control"] = "public, max-age=600"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    def register(self, invite_token: str) -> Response:
        """Dynamic registration: the platform opens this address in a frame or window of its administrator."""
        params = single_values("reg.param_repeated", request.args)
        configuration_url = params.get("openid_configuration", "")
        framed_by = [origin(configuration_url)] if origin(configuration_url) else ["'self'"]
        if not configuration_url:
            raise BadgeToolError(
                "reg.configuration_missing",
                "This address is to be opened by a learning platform, not in a browser.",
                hint="Copy it into the platform's page for adding an external tool by its registration address.",
            )
        outcome = self._do.register_platform(invite_token, configuration_url, params.get("registration_token", ""))
        log.info("registration.done", registration=outcome.registration.id)
        return self._page("lti/registered.html", framed_by, outcome=outcome)

    def refused(self, error: BadgeToolError) -> Response:
        """What the person sees: a sentence, what she can do, a code to pass on. The log has no more of the token."""
        correlation_id = _correlation_id()
        registration_id = (request.view_args or {}).get("registration_id", "")
        log.warning(
            "lti.refused",
            code=error.code,
            status=error.status,
            registration=registration_id[:64],
            correlation_id=correlation_id,
        )
        framed_by = self._framed_by(registration_id)
        response = self._page("lti/refused.html", framed_by, error=error, correlation_id=correlation_id)
        response.status_code = error.status
        return response

    def _framed_by(self, registration_id: str) -> Sequence[str]:
        registration = self._do.registration_of(registration_id) if registration_id else None
        return frame_ancestors(registration) if registration else FRAMED_BY_ANYBODY

    def _page(self, template: str, framed_by: Sequence[str], **values: Any) -> Response:
        response = make_response(render_template(template, **values))
        response.headers["Content-Security-Policy"] = content_security_policy(framed_by)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def single_values(code: str, *sources: MultiDict[str, str]) -> dict[str, str]:
    """Every parameter once. One that is repeated, or differs between address and form, is refused with `code`:
    two readers could otherwise see two different requests."""
    values: dict[str, str] = {}
    for source in sources:
        for name, given in source.lists():
            if len(given) > 1 or values.get(name, given[0]) != given[0]:
                raise _repeated(code)
            values[name] = given[0]
    return values


def _repeated(code: str) -> BadgeToolError:
    if code == "reg.param_repeated":
        return BadgeToolError(code, "The platform sent a value twice.", status=400)
    return refusal(code)


def _fingerprint(secret: str) -> str:
    """Enough of the hash to tell two cookies apart, too little to be of use in a log."""
    return fingerprint(secret)[:11]


def _correlation_id() -> str:
    return str(g.get("correlation_id") or secrets.token_hex(8))
