"""The kinds of senders that get a credential of ours, and what to enter at each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lti_tool.domain.errors import NotFound
from lti_tool.sources import caliper, webhook, xapi


@dataclass(frozen=True, slots=True)
class SourceKind:
    """`entries` gives (name, text) pairs to enter at the sender, of its address, the key's id and the secret. `path` is
    where it posts to. `names_accounts`: whether its credential says whose accounts its statements are about."""

    code: str
    name: str
    entries: Callable[[str, str, str], Sequence[tuple[str, str]]]
    path: str
    names_accounts: bool = True


def _xapi(address: str, key_id: str, secret: str) -> Sequence[tuple[str, str]]:
    return (("Endpoint", address), ("User name", key_id), ("Password", secret))


def _caliper(address: str, key_id: str, secret: str) -> Sequence[tuple[str, str]]:
    return (("Endpoint", address), ("API key", caliper.new_api_key(key_id, secret)))


def _webhook(address: str, key_id: str, secret: str) -> Sequence[tuple[str, str]]:
    return (("Address", address), ("Secret", webhook.signing_secret(secret)))


KINDS = {
    kind.code: kind
    for kind in (
        SourceKind(xapi.SOURCE, "xAPI", _xapi, "xapi"),
        SourceKind(caliper.SOURCE, "Caliper", _caliper, "caliper"),
        SourceKind(webhook.SOURCE, "webhook", _webhook, "hooks", names_accounts=False),
    )
}


def kind_of(code: str) -> SourceKind:
    """Raises `source.kind_unknown`."""
    if code not in KINDS:
        raise NotFound("source.kind_unknown", "There is no such kind of source.")
    return KINDS[code]


def address_of(base_url: str, code: str, registration_id: str) -> str:
    """Where a platform's sender of that kind posts to."""
    return f"{base_url}/{kind_of(code).path}/{registration_id}"
