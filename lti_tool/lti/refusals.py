"""Every way a login or launch is refused: a stable code, a sentence for the person, what she can do, a status.

400: the message is malformed. 401: the token does not prove what it claims (Security Framework 1.0, 5.1.3).
403: genuine, but not allowed here. 502 and 504: the platform's keys could not be had.
"""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError
from lti_tool.lti.browser_storage import PlatformStorage

_AGAIN = "Go back to your course and open the tool again from there."
_ADMIN = "Please tell the administrator of your learning platform, and give the code below."
_WINDOW = "Allow cookies for this site, or open the tool in a new window, and start again from your course."

_BROKEN = "The message from your learning platform is incomplete or damaged."
_UNPROVEN = "The message could not be proved to come from your learning platform."
_FOREIGN = "The message was made for another tool or by another learning platform."
_TIMES = "The message from your learning platform has expired, or its clock is wrong."
_KEYS = "The keys of your learning platform could not be used."

_TABLE: dict[str, tuple[int, str, str]] = {
    "login.registration_unknown": (404, "This address belongs to no learning platform we know.", _ADMIN),
    "login.registration_pending": (403, "This learning platform still waits to be approved here.", _ADMIN),
    "login.registration_disabled": (403, "The connection to this learning platform is switched off.", _ADMIN),
    "login.iss_missing": (400, "The platform did not say who it is.", _ADMIN),
    "login.issuer_unknown": (400, "The platform is not the one registered at this address.", _ADMIN),
    "login.client_unknown": (400, "The platform used a client ID that is not registered here.", _ADMIN),
    "login.client_ambiguous": (400, "The platform did not say which of its registrations here it means.", _ADMIN),
    "login.deployment_unknown": (400, "The platform named a place of the tool that is not known here.", _ADMIN),
    "login.host_untrusted": (400, "This request came to another address than the tool's own.", _ADMIN),
    "login.rate_limited": (429, "Too many launches were begun from here in a short time.", "Wait a minute. " + _AGAIN),
    "login.hint_missing": (400, "The platform did not say who is opening the tool.", _AGAIN),
    "login.target_missing": (400, "The platform did not say what to open.", _ADMIN),
    "login.target_foreign": (400, "The link leads to another site than this tool.", _ADMIN),
    "login.param_repeated": (400, "The platform sent a value twice.", _ADMIN),
    "login.param_too_long": (400, "The platform sent a value that is too long.", _ADMIN),
    "login.handle_unknown": (400, "This link has been used already, or is too old.", _AGAIN),
    "jwt.param_repeated": (400, _BROKEN, _ADMIN),
    "state.missing": (400, _BROKEN, _AGAIN),
    "state.unknown": (400, "This launch was not begun here, or too long ago.", _AGAIN),
    "state.used": (400, "This launch has been used already; a page cannot be reloaded.", _AGAIN),
    "state.expired": (400, "This launch took too long.", _AGAIN),
    "state.issuer_mismatch": (400, _FOREIGN, _AGAIN),
    "state.client_mismatch": (400, _FOREIGN, _AGAIN),
    "state.nonce_mismatch": (401, _UNPROVEN, _AGAIN),
    "state.browser_mismatch": (403, "This launch was begun in another browser or window.", _AGAIN),
    "jwt.missing": (400, _BROKEN, _AGAIN),
    "jwt.malformed": (400, _BROKEN, _ADMIN),
    "jwt.too_large": (413, _BROKEN, _ADMIN),
    "jwt.encrypted_unsupported": (400, "Encrypted messages are not understood here.", _ADMIN),
    "jwt.payload_not_object": (400, _BROKEN, _ADMIN),
    "jwt.duplicate_key": (400, _BROKEN, _ADMIN),
    "jwt.number_invalid": (400, _BROKEN, _ADMIN),
    "jwt.alg_missing": (401, _UNPROVEN, _ADMIN),
    "jwt.alg_forbidden": (401, _UNPROVEN, _ADMIN),
    "jwt.kid_missing": (401, _UNPROVEN, _ADMIN),
    "jwt.kid_malformed": (401, _UNPROVEN, _ADMIN),
    "jwt.kid_unknown": (401, "The message was signed with a key the platform does not list.", _ADMIN),
    "jwt.key_header_forbidden": (401, _UNPROVEN, _ADMIN),
    "jwt.crit_unknown": (401, _UNPROVEN, _ADMIN),
    "jwt.type_wrong": (401, _UNPROVEN, _ADMIN),
    "jwt.signature_invalid": (401, _UNPROVEN, _ADMIN),
    "keys.timeout": (504, "Your learning platform did not hand out its keys in time.", _AGAIN),
    "keys.unavailable": (502, _KEYS, _ADMIN),
    "keys.url_forbidden": (502, _KEYS, _ADMIN),
    "keys.too_large": (502, _KEYS, _ADMIN),
    "keys.malformed": (502, _KEYS, _ADMIN),
    "keys.refetch_limited": (401, "The platform's keys were asked for a moment ago.", _AGAIN),
    "keys.type_forbidden": (401, _KEYS, _ADMIN),
    "keys.weak": (401, _KEYS, _ADMIN),
    "keys.use_wrong": (401, _KEYS, _ADMIN),
    "keys.ambiguous": (401, _KEYS, _ADMIN),
    "claim.iss_missing": (401, _FOREIGN, _ADMIN),
    "claim.iss_mismatch": (401, _FOREIGN, _ADMIN),
    "claim.aud_missing": (401, _FOREIGN, _ADMIN),
    "claim.aud_mismatch": (401, _FOREIGN, _ADMIN),
    "claim.aud_untrusted": (401, _FOREIGN, _ADMIN),
    "claim.azp_missing": (401, _FOREIGN, _ADMIN),
    "claim.azp_mismatch": (401, _FOREIGN, _ADMIN),
    "claim.exp_missing": (401, _TIMES, _ADMIN),
    "claim.expired": (401, _TIMES, _AGAIN),
    "claim.not_yet_valid": (401, _TIMES, _ADMIN),
    "claim.iat_missing": (401, _TIMES, _ADMIN),
    "claim.too_old": (401, _TIMES, _AGAIN),
    "claim.time_order": (401, _TIMES, _ADMIN),
    "claim.time_type": (401, _TIMES, _ADMIN),
    "claim.nonce_missing": (401, _UNPROVEN, _ADMIN),
    "claim.nonce_unknown": (401, _UNPROVEN, _AGAIN),
    "claim.nonce_expired": (401, "This launch took too long.", _AGAIN),
    "claim.nonce_used": (401, "This message has been used already.", _AGAIN),
    "claim.sub_missing": (403, "The platform did not say who you are, and a badge needs a person.", _ADMIN),
    "claim.sub_malformed": (400, _BROKEN, _ADMIN),
    "lti.not_a_launch": (400, "This is not an LTI 1.3 launch.", _ADMIN),
    "lti.claims_missing": (400, _BROKEN, _ADMIN),
    "lti.message_type_missing": (400, _BROKEN, _ADMIN),
    "lti.message_type_unknown": (400, "The tool does not know this kind of launch.", _ADMIN),
    "lti.version_missing": (400, _BROKEN, _ADMIN),
    "lti.version_unsupported": (400, "Only LTI 1.3 is spoken here.", _ADMIN),
    "lti.deployment_missing": (400, _BROKEN, _ADMIN),
    "lti.deployment_malformed": (400, _BROKEN, _ADMIN),
    "lti.deployment_unknown": (
        403,
        "The tool was placed somewhere new on this platform, which an administrator must approve first.",
        "The administrator of LTI Badges now finds this place on the platform's page and can approve it there.",
    ),
    "lti.deployment_foreign": (403, _FOREIGN, _ADMIN),
    "lti.roles_missing": (400, _BROKEN, _ADMIN),
    "lti.roles_malformed": (400, _BROKEN, _ADMIN),
    "lti.resource_link_missing": (400, _BROKEN, _ADMIN),
    "lti.resource_link_malformed": (400, _BROKEN, _ADMIN),
    "lti.context_malformed": (400, _BROKEN, _ADMIN),
    "lti.target_missing": (400, _BROKEN, _ADMIN),
    "lti.target_mismatch": (400, "The link changed between login and launch.", _AGAIN),
    "lti.target_foreign": (400, "The link leads to another site than this tool.", _ADMIN),
    "lti.claim_too_long": (400, _BROKEN, _ADMIN),
    "lti.claim_malformed": (400, _BROKEN, _ADMIN),
    "lti.locale_unknown": (400, _BROKEN, _ADMIN),
    "lti.return_url_unsafe": (400, _BROKEN, _ADMIN),
    "lti.service_url_forbidden": (403, "The platform named a service on a foreign site.", _ADMIN),
    "dl.settings_missing": (400, _BROKEN, _ADMIN),
    "dl.return_url_missing": (400, _BROKEN, _ADMIN),
    "dl.return_url_unsafe": (400, _BROKEN, _ADMIN),
    "dl.type_unsupported": (400, "The platform cannot take a link to a badge here.", _ADMIN),
}

# OpenID Connect Core 1.0, 3.1.2.6, in words. The platform's own text is not shown: anyone can post one.
_PLATFORM_ERRORS = {
    "login_required": "You are no longer signed in to your learning platform.",
    "interaction_required": "Your learning platform wants you to sign in again.",
    "consent_required": "Your learning platform wants your consent first.",
    "account_selection_required": "Your learning platform wants you to choose an account.",
    "access_denied": "Your learning platform does not let you open this tool.",
    "unauthorized_client": "Your learning platform has not switched this tool on yet.",
    "invalid_request": "Your learning platform did not accept the sign-in request; its registration may differ.",
    "invalid_scope": "Your learning platform did not accept the sign-in request; its registration may differ.",
    "server_error": "Your learning platform reports an error of its own.",
    "temporarily_unavailable": "Your learning platform is busy.",
}
_SIGN_IN = ("login_required", "interaction_required", "server_error", "temporarily_unavailable")


def refusal(code: str) -> BadgeToolError:
    """The error of one code. A code that is not in the table is a mistake of the caller (KeyError)."""
    status, message, hint = _TABLE[code]
    return BadgeToolError(code, message, status=status, hint=hint)


def platform_refusal(error: str) -> BadgeToolError:
    """What to say when the platform posts an OpenID Connect error in place of a token."""
    message = _PLATFORM_ERRORS.get(error, "Your learning platform refused to open the tool.")
    hint = f"Sign in to your learning platform. {_AGAIN}" if error in _SIGN_IN else _ADMIN
    return BadgeToolError("login.platform_error", message, status=400, hint=hint)


def known_codes() -> frozenset[str]:
    """Every code of this room, for the reference documentation and tests."""
    return frozenset(_TABLE) | {"login.platform_error"}


class BrowserBindingMissing(BadgeToolError):
    """Neither cookie nor proof came with the launch. Nothing has been used up: where `storage` is given, the
    page can ask the platform's storage for the proof and post the launch again."""

    def __init__(self, storage: PlatformStorage | None) -> None:
        super().__init__(
            "state.browser_mismatch", "Your browser did not let us recognise it.", status=403, hint=_WINDOW
        )
        self.storage = storage
