"""What a platform registered, beside what it was asked for."""

from __future__ import annotations

from typing import Any

from lti_tool.domain.launch import MessageType
from lti_tool.lti.claims import TOOL_CONFIGURATION

# What a person loses, said so that she can decide whether it matters.
_SCOPE_WORDS = {
    "lineitem": "add its columns to the gradebook",
    "result.readonly": "read the results of its own columns",
    "score": "write scores into its own columns",
    "contextmembership.readonly": "read who is in a course",
    "noticehandlers": "hear of copied courses",
    "events.readonly": "ask for grade events it has missed",
}
_DEEP_LINKING = MessageType.DEEP_LINKING.value
_CLAIM_WORDS = {"name": "names", "email": "e-mail addresses"}


def granted_scopes(asked: dict[str, Any], answer: dict[str, Any]) -> tuple[str, ...]:
    """The scopes of the answer that were asked for; all that were asked for where the answer names none.

    Moodle lists more than it grants when only a part was asked for, so nothing is believed beyond the request.
    """
    wanted = str(asked["scope"]).split()
    answered = answer.get("scope")
    if not isinstance(answered, str):
        return tuple(wanted)
    return tuple(scope for scope in wanted if scope in answered.split())


def differences(asked: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """Plain sentences about what the platform changed; empty when everything is as it should be."""
    found = []
    granted = granted_scopes(asked, answer)
    for scope in str(asked["scope"]).split():
        if scope not in granted:
            word = next((words for end, words in _SCOPE_WORDS.items() if scope.endswith(end)), scope)
            found.append(f"The platform did not allow the tool to {word}.")
    for name in ("redirect_uris", "initiate_login_uri", "jwks_uri"):
        if name in answer and answer[name] != asked[name]:
            found.append(f"The platform stored another {name} than ours: launches may fail.")
    if answer.get("token_endpoint_auth_method", "private_key_jwt") != "private_key_jwt":
        found.append("The platform wants another kind of sign-in for its services: reading and writing may fail.")
    return [*found, *_tool_differences(asked[TOOL_CONFIGURATION], answer.get(TOOL_CONFIGURATION))]


def _tool_differences(asked: dict[str, Any], answer: Any) -> list[str]:
    if not isinstance(answer, dict):
        return []
    found = []
    claims = answer.get("claims")
    if isinstance(claims, list):
        missing = [word for name, word in _CLAIM_WORDS.items() if name in asked["claims"] and name not in claims]
        found += [f"The platform will not send {word} of learners." for word in missing]
    for name, wanted in asked.items():
        if name.endswith("/privacy_level") and answer.get(name, wanted) != wanted:
            found.append("The platform chose another privacy level: names of learners may be missing.")
    custom = answer.get("custom_parameters")
    if isinstance(custom, dict) and (lost := sorted(asked["custom_parameters"].keys() - custom.keys())):
        found.append(f"The platform left out custom fields, by which accounts are matched: {', '.join(lost)}.")
    return found + _message_differences(asked["messages"], answer.get("messages"))


def _message_differences(asked: list[dict[str, Any]], answer: Any) -> list[str]:
    rows = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
    if not rows:
        return []
    # Moodle leaves the resource link out of its answer: every tool has it.
    types = {row.get("type") for row in rows}
    if any(row["type"] == _DEEP_LINKING and _DEEP_LINKING not in types for row in asked):
        return ["The platform did not register deep linking: badges are placed by hand."]
    placed = {name for row in rows for name in row.get("placements") or () if isinstance(name, str)}
    wanted = {name for row in asked if row["type"] in types for name in row.get("placements", ())}
    # An answer without any placement does not speak of them.
    lost = sorted(wanted - placed) if placed else []
    return [f"The platform does not offer the tool in these places: {', '.join(lost)}."] if lost else []
