"""Everything that must hold before anybody gets in: sign-in, browser, clocks, keys on both sides."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.domain.capability_line import FAILS, LOOK, NOT_TRIED, WORKS, Capability, Evidence, Light
from lti_tool.domain.lms_switches import switch
from lti_tool.domain.observation import Observation, Seen

# A person who signs in takes moments; a sign-in that has not come back after this long will not.
NEVER_CAME_BACK = timedelta(minutes=2)
# Both are written down at most once a minute.
_GRAIN = timedelta(minutes=1)
_AGAIN = " Then choose “Check now”."
# Refusals of launches for which the key set could not be had; a fetch that works afterwards mends them.
_NOT_FETCHED = ("unavailable", "timeout", "url_forbidden")


def sign_in_lines(evidence: Evidence) -> list[Capability]:
    """Lines of which nothing is known yet and that nobody asks for are left out."""
    lines = [
        _launch(evidence),
        _return(evidence),
        _browser(evidence),
        _clock(evidence),
        _keys(evidence),
        _token(evidence),
    ]
    return [line for line in lines if line is not None]


def _launch(evidence: Evidence) -> Capability:
    at = evidence.registration.last_launch_at
    line = ("launch", "Launches")
    unlocks = "People open LTI Badges from a course."
    if at:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen_at=at)
    remedy = switch("launch", evidence.registration.product)
    return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy=remedy)


def _return(evidence: Evidence) -> Capability | None:
    """A redirect_uri that is not registered shows itself by silence: Moodle and Canvas then keep the person on an
    error page of their own, others post an OpenID Connect error."""
    registration = evidence.registration
    begun, refused = evidence.seen.get(Seen.LOGIN), evidence.failed_since_launch(Seen.RETURN)
    line = ("sign_in", "Sign-in comes back")
    unlocks = "The platform sends people back to the launch address."
    remedy = switch("redirect", registration.product)
    if refused is not None:
        detail = f"The platform refused to sign somebody in: {refused.detail}"
        return Capability(*line, evidence.trouble_light, FAILS, unlocks, detail, remedy, refused.at)
    if begun is None:
        return None
    came = evidence.seen.get(Seen.RETURN)
    times = [time for time in (registration.last_launch_at, came.at if came and came.ok else None) if time]
    if times and max(times) + _GRAIN >= begun.at:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen_at=max(times))
    if evidence.now - begun.at < NEVER_CAME_BACK:
        return None
    detail = "A sign-in was begun here, and the platform never sent the person back: most often its redirect_uri for"
    detail += " LTI Badges is another one, or the tool is not active there."
    return Capability(*line, evidence.trouble_light, LOOK, unlocks, detail, remedy, begun.at)


def _browser(evidence: Evidence) -> Capability | None:
    seen = evidence.seen.get(Seen.BROWSER)
    if seen is None:
        return None
    line = ("cookies", "Browsers are recognised")
    unlocks = "The tool opens inside the platform's page."
    if seen.ok:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen.detail, seen_at=seen.at)
    detail = "A browser kept neither our cookie nor a proof in the platform's storage, so a launch was refused."
    return Capability(
        *line, Light.AMBER, LOOK, unlocks, detail, switch("cookies", evidence.registration.product), seen.at
    )


def _clock(evidence: Evidence) -> Capability | None:
    refused, asked = evidence.failed_since_launch(Seen.LAUNCH_TIMES), evidence.seen.get(Seen.CLOCK)
    line = ("clock", "Clocks agree")
    unlocks = "Launches and requests for tokens are not taken for old ones."
    remedy = "Set both machines by NTP (`timedatectl` shows whether this one is)." + _AGAIN
    if asked is not None and not asked.ok:
        return Capability(*line, Light.RED, FAILS, unlocks, asked.detail, remedy, asked.at)
    if refused is not None and (asked is None or asked.at < refused.at):
        detail = "A launch was refused because of its times, although a launch is used within seconds."
        return Capability(*line, evidence.trouble_light, LOOK, unlocks, detail, remedy, refused.at)
    if asked is None:
        return None
    return Capability(*line, Light.GREEN, WORKS, unlocks, asked.detail, seen_at=asked.at)


def _keys(evidence: Evidence) -> Capability:
    asked, refused = evidence.seen.get(Seen.KEYS), evidence.failed_since_launch(Seen.LAUNCH_KEYS)
    line = ("keys", "The platform's keys")
    unlocks = "Launches are proved to be the platform's."
    address = evidence.registration.jwks_url
    if asked is not None and not asked.ok:
        remedy = f"{address} must answer this server with a JSON Web Key Set over https." + _AGAIN
        return Capability(*line, Light.RED, FAILS, unlocks, asked.detail, remedy, asked.at)
    fetched_since = asked is not None and refused is not None and refused.at <= asked.at
    if refused is not None and not (fetched_since and refused.code.endswith(_NOT_FETCHED)):
        remedy = f"Compare {address} with the key set address that the platform shows for LTI Badges today." + _AGAIN
        return Capability(*line, evidence.trouble_light, LOOK, unlocks, refused.detail, remedy, refused.at)
    if asked is None:
        return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy="Choose “Check now”.")
    changed = evidence.seen.get(Seen.KEYS_CHANGED)
    return Capability(*line, Light.GREEN, WORKS, unlocks, _changed(changed), seen_at=asked.at)


def _changed(changed: Observation | None) -> str:
    if changed is None:
        return ""
    return f"The platform rotated its keys before {changed.at:%Y-%m-%d %H:%M} UTC; the new ones are in use here."


# Code of a failed request for a token -> what to do. Codes are those of lti/service_tokens and of the probe.
_TOKEN_REMEDIES = {
    "token.clock": "The platform's clock is behind this server's: set both by NTP." + _AGAIN,
    "token.unavailable": "The platform's token address must answer this server." + _AGAIN,
    "token.malformed": "Check the token address of this platform: what answers there gives no tokens.",
    "token.scope_refused": "The platform grants none of the services: allow them in its settings of LTI Badges."
    + _AGAIN,
    "token.client_refused": "Compare the client ID here with the platform's, and make the tool active there." + _AGAIN,
    "token.signature_refused": "The platform has other keys of ours: let it use the key set address of LTI Badges,"
    " not a key that was copied." + _AGAIN,
}
_TOKEN_REFUSED = "Compare client ID, token address and key set address with the platform's settings of LTI Badges."  # nosec B105 - a sentence


def _token(evidence: Evidence) -> Capability:
    seen = evidence.seen.get(Seen.TOKEN)
    line = ("token", "Access to the platform's services")
    unlocks = "The platform knows our keys and lets the tool ask its services."
    if seen is None:
        remedy = "Choose “Check now”; where the platform grants services at a launch only, open the tool once first."
        return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy=remedy)
    if seen.ok:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen_at=seen.at)
    if seen.code == "token.keys_not_fetched":
        remedy = switch("keys_not_fetched", evidence.registration.product) + _AGAIN
    else:
        remedy = _TOKEN_REMEDIES.get(seen.code, _TOKEN_REFUSED + _AGAIN)
    return Capability(*line, Light.RED, FAILS, unlocks, seen.detail, remedy, seen.at)
