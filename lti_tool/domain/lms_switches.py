"""Where an administrator finds the switches, in the words of each LMS's own pages.

https://docs.moodle.org/404/en/External_tool_settings
https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.registration
"""

from __future__ import annotations

MOODLE, CANVAS, SAKAI = "moodle", "canvas", "sakai"

_MOODLE_TOOL = "In Moodle open Site administration, Plugins, External tool, Manage tools, and the gear of LTI Badges: "
_CANVAS_KEY = "In Canvas open Admin, Developer Keys (or Apps, Manage), and edit LTI Badges: "
_LIFT_CURL_BLOCK = (
    "In Moodle open Site administration, General, Security, HTTP security: take the address of LTI Badges out of “cURL"
    " blocked hosts list” (curlsecurityblockedhosts), and add its port to “cURL allowed ports list”"
    " (curlsecurityallowedport)."
)
_CANVAS_FETCHES_KEYS = (
    "Canvas asks for the public key set at each request for a token, so its address must answer on the public"
    " internet. " + _CANVAS_KEY + "“JWK Method” is “Public JWK URL”, with the key set address of LTI Badges."
)
_LET_IT_REACH_US = (
    "Let the platform's server reach the key set address of LTI Badges: check its firewall, its proxy, and whether it"
    " refuses private addresses or unusual ports."
)

# (what is missing, product_family_code) -> where it is switched on. "" is any other platform.
_SWITCHES: dict[tuple[str, str], str] = {
    ("launch", MOODLE): "Activate LTI Badges under Manage tools in Moodle, and open it once from a course.",
    ("launch", CANVAS): "Turn the key of LTI Badges on in Canvas, install it, and open it once from a course.",
    ("launch", ""): "Turn LTI Badges on in the platform, and open it once from a course.",
    ("redirect", MOODLE): _MOODLE_TOOL
    + "“Redirection URI(s)” must hold the launch address of LTI Badges for this platform, letter by letter.",
    ("redirect", CANVAS): _CANVAS_KEY
    + "“Redirect URIs” must hold the launch address of LTI Badges for this platform, letter by letter.",
    ("redirect", ""): "The redirect address that the platform has stored for LTI Badges must be the launch address of"
    " LTI Badges for this platform, letter by letter; and the tool must be active there.",
    ("cookies", MOODLE): "Allow cookies of this site in the browser; or "
    + _MOODLE_TOOL
    + "set “Default launch container” to “New window”.",
    ("cookies", CANVAS): "Allow cookies of this site in the browser; or let the placement open in a new tab"
    " (windowTarget _blank) in Canvas.",
    ("cookies", ""): "Allow cookies of this site in the browser; or let the platform open LTI Badges in a new window.",
    ("roster", MOODLE): _MOODLE_TOOL
    + "under Services set “IMS LTI Names and Role Provisioning” to “Use this service to retrieve members’ information"
    " as per privacy settings”.",
    ("roster", CANVAS): _CANVAS_KEY
    + "switch “Can retrieve user data associated with the context the tool is installed in” on.",
    ("roster", ""): "Allow “Names and Role Provisioning Services” for LTI Badges in the platform.",
    ("gradebook", MOODLE): _MOODLE_TOOL
    + "under Services set “IMS LTI Assignment and Grade Services” to “Use this service for grade sync and column"
    " management”.",
    ("gradebook", CANVAS): _CANVAS_KEY
    + "switch “Can create and view assignment data in the gradebook associated with the tool” and “Can create and"
    " update submission results for assignments associated with the tool” on.",
    ("gradebook", ""): "Allow “Assignment and Grade Services” with column management for LTI Badges in the platform.",
    (
        "whole_gradebook",
        SAKAI,
    ): "In Sakai open External Tools, edit LTI Badges, and under Services allow it to create grade"
    " columns and “read-only access to entire gradebook”.",
    (
        "whole_gradebook",
        "",
    ): "Nothing to switch on here: let events, a feed or the LMS's own web services (below) tell the grades.",
    ("notices", CANVAS): _CANVAS_KEY + "allow the scope that ends in /lti/scope/noticehandlers.",
    ("notices", ""): "Nothing to switch on here: this platform has offered no notices.",
    ("keys_not_fetched", MOODLE): _LIFT_CURL_BLOCK,
    ("keys_not_fetched", CANVAS): _CANVAS_FETCHES_KEYS,
    ("keys_not_fetched", ""): _LET_IT_REACH_US,
}


def switch(what: str, product: str) -> str:
    """Where `what` is switched on in this LMS; KeyError for what no LMS has."""
    return _SWITCHES.get((what, product.lower())) or _SWITCHES[(what, "")]
