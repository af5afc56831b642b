"""Refusals in the words of OAuth 2.0 and OpenID4VCI."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError


class WalletRefusal(BadgeToolError):
    """A request of a wallet that is not granted.

    `error` is the protocol's own word (RFC 6749 5.2, RFC 6750 3.1, OpenID4VCI 1.0 8.3.1 and 11.2), `code` our
    finer one for logs. The message goes out as ``error_description`` and never repeats what the wallet sent.
    """

    def __init__(self, error: str, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"wallet.{code}", message, status=status)
        self.error = error

    def body(self) -> dict[str, str]:
        """The JSON error response."""
        return {"error": self.error, "error_description": self.message}


def invalid_request(code: str, message: str) -> WalletRefusal:
    """The request itself is malformed."""
    return WalletRefusal("invalid_request", code, message)


def invalid_grant(code: str) -> WalletRefusal:
    """One sentence for every reason, so that a guesser learns nothing; the reason stands in `code`."""
    return WalletRefusal("invalid_grant", code, "This code, or the transaction code with it, is not valid.")


def invalid_token(code: str) -> WalletRefusal:
    """No usable access token (RFC 6750)."""
    return WalletRefusal("invalid_token", code, "The access token is missing, unknown or expired.", status=401)


def invalid_credential_request(code: str, message: str) -> WalletRefusal:
    """The credential request cannot be read, or asks for two things at once."""
    return WalletRefusal("invalid_credential_request", code, message)


def invalid_proof(code: str, message: str) -> WalletRefusal:
    """The wallet did not prove that it holds its key."""
    return WalletRefusal("invalid_proof", code, message)
