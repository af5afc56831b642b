"""What checking needs from outside. The caller decides: from its own tables, from files, or over HTTP."""

from __future__ import annotations

from typing import Any, Protocol


class Resolver(Protocol):
    """Looks documents up. Each method raises BadgeToolError for whatever it cannot get; the check that needed it is
    then reported as not checked, with that error's code."""

    def did_document(self, did: str) -> dict[str, Any]:
        """The document of a did:web."""
        ...

    def key_document(self, url: str) -> dict[str, Any]:
        """The JSON at an https address: a single JWK, a verification method or an issuer's profile."""
        ...

    def hosted_document(self, url: str) -> dict[str, Any]:
        """A document of an Open Badge 2.0. Raises ``lookup.gone`` where the server says that it was withdrawn."""
        ...

    def status_list(self, url: str) -> dict[str, Any] | str:
        """The status list credential at an address: its JSON, or the text of its JWT."""
        ...
