"""The launches that must be refused, each with its own code, and those that must work.

A row is a case of the launch path; a test proves it with ``@pytest.mark.row("JH10")``. The code of most rows is that
of the refusal. In ten rows a value or a session is refused and not a launch; `NOT_A_REFUSED_LAUNCH` says how.
"""

from __future__ import annotations

from tests.counting import Catalogue, Proved

ROWS: dict[str, str] = {
    # login initiation
    "LI01": "login.iss_missing",
    "LI02": "login.issuer_unknown",
    "LI03": "login.issuer_unknown",
    "LI04": "login.hint_missing",
    "LI05": "login.client_ambiguous",
    "LI06": "login.client_unknown",
    "LI07": "login.param_repeated",
    "LI08": "login.param_repeated",
    "LI09": "login.target_missing",
    "LI10": "login.target_foreign",
    "LI11": "login.target_foreign",
    "LI12": "login.param_too_long",
    "LI13": "",
    "LI14": "login.registration_disabled",
    "LI15": "login.deployment_unknown",
    "LI16": "login.host_untrusted",
    "LI17": "login.rate_limited",
    # state, browser and session
    "ST01": "state.missing",
    "ST02": "state.unknown",
    "ST03": "state.browser_mismatch",
    "ST04": "state.browser_mismatch",
    "ST05": "state.used",
    "ST06": "state.used",
    "ST07": "state.expired",
    "ST08": "state.issuer_mismatch",
    "ST09": "state.client_mismatch",
    "ST10": "state.nonce_mismatch",
    "ST11": "state.unknown",
    "ST12": "state.unknown",
    "ST13": "session.rotated",
    "ST14": "session.isolated",
    "ST15": "session.launch_foreign",
    "ST16": "state.storage_origin",
    "ST17": "state.storage_message",
    # token form and header
    "JH01": "jwt.missing",
    "JH02": "jwt.malformed",
    "JH03": "jwt.encrypted_unsupported",
    "JH04": "jwt.malformed",
    "JH05": "jwt.malformed",
    "JH06": "jwt.payload_not_object",
    "JH07": "jwt.duplicate_key",
    "JH08": "jwt.too_large",
    "JH09": "jwt.malformed",
    "JH10": "jwt.alg_forbidden",
    "JH11": "jwt.alg_forbidden",
    "JH12": "jwt.alg_forbidden",
    "JH13": "jwt.alg_missing",
    "JH14": "jwt.kid_missing",
    "JH15": "jwt.kid_unknown",
    "JH16": "jwt.kid_malformed",
    "JH17": "jwt.kid_malformed",
    "JH18": "jwt.key_header_forbidden",
    "JH19": "jwt.key_header_forbidden",
    "JH20": "jwt.crit_unknown",
    "JH21": "jwt.type_wrong",
    "JH22": "jwt.signature_invalid",
    "JH23": "jwt.signature_invalid",
    "JH24": "jwt.signature_invalid",
    "JH25": "jwt.signature_invalid",
    "JH26": "jwt.number_invalid",
    # keys of the platform
    "JK01": "keys.timeout",
    "JK02": "keys.unavailable",
    "JK03": "keys.url_forbidden",
    "JK04": "keys.too_large",
    "JK05": "keys.type_forbidden",
    "JK06": "keys.weak",
    "JK07": "keys.use_wrong",
    "JK08": "keys.ambiguous",
    "JK09": "",
    "JK10": "keys.refetch_limited",
    "JK11": "jwt.kid_unknown",
    "JK12": "keys.malformed",
    # standard claims
    "CL01": "claim.iss_missing",
    "CL02": "claim.iss_mismatch",
    "CL03": "claim.aud_missing",
    "CL04": "claim.aud_mismatch",
    "CL05": "claim.aud_untrusted",
    "CL06": "claim.azp_missing",
    "CL07": "claim.azp_mismatch",
    "CL08": "claim.exp_missing",
    "CL09": "claim.expired",
    "CL10": "claim.not_yet_valid",
    "CL11": "claim.iat_missing",
    "CL12": "claim.too_old",
    "CL13": "claim.time_order",
    "CL14": "claim.time_type",
    "CL15": "claim.not_yet_valid",
    "CL16": "claim.nonce_missing",
    "CL17": "claim.nonce_unknown",
    "CL18": "claim.nonce_used",
    "CL19": "claim.nonce_used",
    "CL20": "claim.nonce_expired",
    "CL21": "claim.sub_missing",
    "CL22": "claim.sub_malformed",
    "CL23": "claim.sub_exact",
    # LTI claims
    "LT01": "lti.message_type_missing",
    "LT02": "lti.message_type_unknown",
    "LT03": "lti.version_missing",
    "LT04": "lti.version_unsupported",
    "LT05": "lti.not_a_launch",
    "LT06": "lti.claims_missing",
    "LT07": "lti.deployment_missing",
    "LT08": "lti.deployment_unknown",
    "LT09": "lti.deployment_foreign",
    "LT10": "lti.deployment_malformed",
    "LT11": "lti.roles_missing",
    "LT12": "lti.roles_malformed",
    "LT13": "lti.resource_link_missing",
    "LT14": "lti.resource_link_malformed",
    "LT15": "lti.target_missing",
    "LT16": "lti.target_mismatch",
    "LT17": "lti.target_foreign",
    "LT18": "lti.custom_unresolved",
    "LT19": "lti.migration_unsigned",
    "LT20": "lti.return_url_unsafe",
    "LT21": "lti.text_inert",
    "LT22": "lti.locale_unknown",
    "LT23": "lti.service_url_forbidden",
    "LT24": "lti.service_url_forbidden",
    "LT25": "nrps.page_forbidden",
    "LT26": "lti.claim_too_long",
    # authorisation and tenancy
    "AZ01": "authz.role",
    "AZ02": "authz.role",
    "AZ03": "authz.course",
    "AZ04": "authz.subject_scope",
    "AZ05": "authz.context_scope",
    "AZ06": "authz.tenant",
    "AZ07": "authz.inactive",
    "AZ08": "authz.test_user",
    "AZ09": "authz.role",
    "AZ10": "authz.role",
    "AZ11": "csrf.missing",
    "AZ12": "authz.self_award",
    "AZ13": "csp.frame_ancestors",
    "AZ14": "session.revoked",
    # deep linking and dynamic registration
    "DR01": "dl.settings_missing",
    "DR02": "dl.return_url_missing",
    "DR03": "dl.return_url_unsafe",
    "DR04": "dl.type_unsupported",
    "DR05": "authz.role",
    "DR06": "dl.reply_invalid",
    "DR07": "dl.reply_used",
    "DR08": "reg.url_scheme",
    "DR09": "reg.url_forbidden",
    "DR10": "reg.url_forbidden",
    "DR11": "reg.url_forbidden",
    "DR12": "reg.issuer_mismatch",
    "DR13": "reg.endpoint_foreign",
    "DR14": "reg.response_invalid",
    "DR15": "reg.exists",
    "DR16": "reg.link_invalid",
    "DR17": "login.registration_pending",
}

# Why a row has no refusal of a launch as its proof.
NOT_A_REFUSED_LAUNCH = {
    "LI13": "The login goes on, and what was sent is never markup in its page; it has no code.",
    "ST13": "No refusal: each launch gets a session id of its own.",
    "ST14": "No refusal: the next person at a browser ends the session of the one before.",
    "ST16": "Refused by the script in the browser, which puts the code on the page.",
    "ST17": "Refused by the script in the browser, which puts the code on the page.",
    "CL23": "No refusal: each spelling of a subject is a person of her own.",
    "LT18": "The value is left out, as platforms send parameters that they could not fill in; the log has the code.",
    "LT19": "The claim is not believed, as upgraded platforms send it for years; the log has the code.",
    "LT21": "No refusal: texts are shown as text.",
    "AZ13": "Refused by the browser, as the policy of the page tells it to.",
}

# Must work, so that refusing everything fails: a new key after a rotation, and no other row.
POSITIVE = "JK09"
REFUSED = tuple(row for row in ROWS if row != POSITIVE)

_PEOPLE = ("instructor", "learner")
CERTIFICATION_CASES = (
    "plain",
    "multiple-roles",
    "short-role",
    "unknown-role",
    "no-role",
    "email-only",
    "names-only",
    "no-personal-data",
    "email-without-context",
)
# The 18 launches of the certification guide (6.1.2 and 6.1.3), and six of ours.
ACCEPTED = (
    *(f"{person}-{case}" for person in _PEOPLE for case in CERTIFICATION_CASES),
    "audience-list-of-one",
    "audience-with-trusted-second",
    "clock-skew",
    "key-rotation",
    "cookieless-storage",
    "unknown-claims",
)

# Rows that have no test yet.
WAITING: frozenset[str] = frozenset()


def summary(proved: Proved) -> str:
    """``151 refused, 24 accepted``; where fewer were proved, of how many."""
    counts = [
        str(found) if (found := len(wanted & proved.keys())) == len(wanted) else f"{found} of {len(wanted)}"
        for wanted in (set(REFUSED), set(ACCEPTED))
    ]
    return f"Launch catalogue: {counts[0]} refused, {counts[1]} accepted"


LAUNCHES = Catalogue(frozenset({*ROWS, *ACCEPTED}), summary)
