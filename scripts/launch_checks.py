"""The single checks of the launch path, as lines of the source. `scripts.mutants` takes each of them away.

A line that begins with ``if`` is tried twice: never true, and turned round. Any other line is left out. A line that is
not found exactly once in its file is an error, so that the table follows the source.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `kind` is what it protects; `line` stands in `path` (below lti_tool) without its indentation.

    `never_is_harmless` says why the program does the same, only slower, where an ``if`` never holds; that is not tried.
    """

    kind: str
    path: str
    line: str
    never_is_harmless: str = ""


_JWT, _CLAIMS, _FORM = "lti/platform_jwt.py", "lti/standard_claims.py", "lti/token_form.py"
_MESSAGE, _SESSION, _KEYS = "lti/message.py", "lti/session.py", "lti/jwks.py"
_LTI, _LOGIN, _PLACES = "lti/message_claims.py", "lti/login.py", "lti/deployments.py"

_ASKS_ANEW = "the database is asked instead of what is kept for a moment"
# The five that the launch stands on.
FIRST = ("signature", "audience", "nonce", "state", "deployment")

CHECKS: tuple[Check, ...] = (
    Check("signature", _JWT, "key.verify(read_bytes(form.signature), form.signed, *_RS256)"),
    Check("signature", _JWT, "self.verify_signature(form, registration)"),
    Check("signature", _MESSAGE, "self._tokens.verify_signature(self._token, self._ours)"),
    Check("audience", _CLAIMS, "_check_audience(claims, client_id, trusted_audiences)"),
    Check("audience", _CLAIMS, "if not audience:"),
    Check("audience", _CLAIMS, "if not all(isinstance(other, str) for other in audiences):"),
    Check("audience", _CLAIMS, "if client_id not in audiences:"),
    Check("audience", _CLAIMS, "if any(other != client_id and other not in trusted for other in audiences):"),
    Check("nonce", _CLAIMS, "if not isinstance(nonce, str) or not nonce:"),
    Check("nonce", _MESSAGE, "if not isinstance(nonce, str) or not nonce:"),
    Check("nonce", _MESSAGE, "self._session_service.check_nonce_of(self._begun, nonce, self._clock.now())"),
    Check("nonce", _SESSION, "if hmac.compare_digest(login.nonce.encode(), nonce.encode()):"),
    Check("nonce", _SESSION, "if self._spent.is_spent(nonce):"),
    Check("nonce", _SESSION, "if expires_at is None:"),
    Check("nonce", "lti/message.py", "self.launch = replace(launch, login=LoginUse(self._begun.once, self._came_at))"),
    Check("nonce", "usecases/receive_launch.py", "self._use_up(unit, launch)"),
    Check("nonce", "lti/launch.py", "if launch.login is not None:"),
    Check(
        "nonce",
        "lti/storage.py",
        "if not unit.nonces.claim(SPENT, login.name, self._clock.now() + REMEMBER):",
    ),
    Check("state", _MESSAGE, "if not state:"),
    Check("state", _MESSAGE, "if login.registration_id != self._ours.id:"),
    Check("state", _SESSION, "if login.expires_at <= now:"),
    Check("state", _SESSION, "if login is None:"),
    Check("state", "lti/login_state.py", "if not _STATE.fullmatch(state):  # base64 is read past other characters"),
    Check("deployment", _PLACES, "if self._platforms.has_accepted(registration.id, deployment_id):", _ASKS_ANEW),
    Check("deployment", _PLACES, "if is_known:", _ASKS_ANEW),
    Check("deployment", _MESSAGE, "accepted = self._deployments.check(self._token.claims, self._ours, learn=True)"),
    Check("deployment", "lti/tool.py", "self._deployments.check(claims, registration, learn=False)"),
    Check("deployment", _PLACES, 'if state == "active":'),
    Check("deployment", _PLACES, "if foreign:"),
    Check("deployment", _PLACES, "if learn and state is None:"),
    Check("deployment", _PLACES, "if not isinstance(deployment_id, str) or not _DEPLOYMENT.fullmatch(deployment_id):"),
    Check("deployment", _PLACES, "if known and deployment_id not in known:"),
    Check("browser", _MESSAGE, "self._check_browser(login)"),
    Check(
        "browser",
        _MESSAGE,
        "if matches(self._browser_secret, login.browser) or matches(self._proof, login.proof):",
    ),
    Check("issuer", _CLAIMS, "if not claimed:"),
    Check("issuer", _CLAIMS, "if claimed != issuer:"),
    Check("issuer", _MESSAGE, "self._tokens.verify_claims(self._token.claims, self._ours)"),
    Check("issuer", _JWT, "self.verify_claims(form.claims, registration)  # before any key is fetched for them"),
    Check("azp", _CLAIMS, 'if len(audiences) > 1 and "azp" not in claims:'),
    Check("azp", _CLAIMS, 'if claims.get("azp", client_id) != client_id:'),
    Check("times", _CLAIMS, "_check_times(claims, now.timestamp())"),
    Check("times", _CLAIMS, "if claims.get(name) is None:"),
    Check("times", _CLAIMS, "if expires <= issued:"),
    Check("times", _CLAIMS, "if now >= expires + LEEWAY_SECONDS:"),
    Check("times", _CLAIMS, "if now < max(issued, not_before) - LEEWAY_SECONDS:"),
    Check("times", _CLAIMS, "if now - issued > OLDEST_SECONDS + LEEWAY_SECONDS:"),
    Check("times", _CLAIMS, "if not isinstance(value, int) or isinstance(value, bool):"),
    Check("form", _FORM, "if len(compact) > LONGEST_TOKEN:"),
    Check("form", _FORM, "if len(segments) == 5:"),
    Check("form", _FORM, "if not isinstance(claims, dict):"),
    Check("form", "lti/strict_json.py", "if len(value) != len(pairs):"),
    Check("form", "lti/strict_json.py", "if not math.isfinite(value):"),
    Check("algorithm", _FORM, "if not isinstance(algorithm, str) or not algorithm:"),
    Check(
        "algorithm",
        _FORM,
        'if algorithm != "RS256":  # the certification guide forbids symmetric keys, 5.4 forbids "none"',
    ),
    Check("kid", _FORM, 'if "kid" not in header:'),
    Check("kid", _FORM, 'if not isinstance(header["kid"], str) or not _KEY_ID.fullmatch(header["kid"]):'),
    Check("kid", _KEYS, "if len(found) > 1:"),
    Check("header", _FORM, "if any(name in header for name in _KEY_HEADERS):"),
    Check(
        "header", _FORM, 'if "crit" in header:  # RFC 7515, 4.1.11: what is critical and not understood must be refused'
    ),
    Check("header", _FORM, 'if not isinstance(kind, str) or kind.upper() != "JWT":'),
    Check("key", _KEYS, "if entry.asked_at is not None and now - entry.asked_at < REFETCH_PAUSE:"),
    Check("key", _KEYS, 'if jwk.get("kty") != "RSA":'),
    Check("key", _KEYS, 'if jwk.get("use", "sig") != "sig" or jwk.get("alg", "RS256") != "RS256":'),
    Check(
        "key", _KEYS, 'if operations is not None and (not isinstance(operations, list) or "verify" not in operations):'
    ),
    Check("key", _KEYS, "if numbers.e < _SMALLEST_EXPONENT or numbers.n.bit_length() < _SMALLEST_BITS:"),
    Check("key", _KEYS, "if response.is_redirect:  # never followed: it could lead anywhere"),
    Check("target", _LTI, "if not is_own(target, base_url):"),
    Check("target", _LTI, "if fingerprint(target) != target_of_login:  # LTI Core 1.3, 5.3.5"),
    Check("target", _LOGIN, 'if not is_own(params["target_link_uri"], base_url):'),
    Check("message", _LTI, "if claims[c.VERSION] != c.LTI_VERSION:"),
    Check("message", _LTI, "if claims[c.MESSAGE_TYPE] not in tuple(MessageType):"),
    Check("message", _LTI, "if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):"),
    Check("message", _LTI, 'if subject is None or subject == "":'),
    Check("message", _LTI, "if not isinstance(subject, str) or not _IDENTIFIER.fullmatch(subject):"),
    Check("message", _LTI, "if url and not service_url_trusted(registration, url):"),
    Check("message", _LTI, "if value and web_address(value) is None:"),
    Check("message", _LTI, "if _NO_LOCALE.search(value):"),
    Check("login", _LOGIN, 'if params["iss"] != registration.issuer:'),
    Check("login", _LOGIN, 'if params.get("client_id") and params["client_id"] != registration.client_id:'),
    Check("login", _LOGIN, "if len(unit.registrations.find(registration.issuer, None)) > 1:"),
    Check("login", _LOGIN, "if any(len(value) > LONGEST_PARAM for value in params.values()):"),
    Check("login", "web/protocols/lti.py", "self._require_own_host()"),
    Check("login", "web/protocols/lti.py", "if len(given) > 1 or values.get(name, given[0]) != given[0]:"),
)
