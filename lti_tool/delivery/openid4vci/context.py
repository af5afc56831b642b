"""What every endpoint of the wallet protocol works with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lti_tool.delivery.openid4vci.secrets import OfferSecrets
from lti_tool.domain.award import AwardState
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.change_award import is_withdrawn
from lti_tool.usecases.ports import Clock, Issuer, Transactions, UnitOfWork

_IDENTIFIER = re.compile(r"[A-Za-z0-9._~-]{1,128}")


def is_identifier(text: object) -> bool:
    """Whether a value from outside can be one of our ids at all; only then is the database asked for it."""
    return isinstance(text, str) and _IDENTIFIER.fullmatch(text) is not None


def issuer_url(base_url: str, slug: str) -> str:
    """The Credential Issuer Identifier (OpenID4VCI 1.0, 12.2.1), also the authorization server's."""
    return f"{base_url.rstrip('/')}/issuers/{slug}"


@dataclass(frozen=True, slots=True)
class WalletContext:
    """`base_url` is the tool's public address, without a slash at its end."""

    transactions: Transactions
    clock: Clock
    base_url: str
    secrets: OfferSecrets

    def issuer_url(self, slug: str) -> str:
        return issuer_url(self.base_url, slug)

    def issuer(self, uow: UnitOfWork, slug: str) -> Issuer:
        """The issuer of an address; raises NotFound (`issuer.unknown`)."""
        issuer = uow.issuers.by_slug(slug) if is_identifier(slug) else None
        if issuer is None:
            raise NotFound("issuer.unknown", "There is no such issuer here.")
        return issuer


def still_stands(uow: UnitOfWork, award_id: str) -> bool:
    """False once the badge was withdrawn, or its award erased."""
    award = uow.awards.get(award_id)
    return award is not None and award.state is not AwardState.SUSPENDED and not is_withdrawn(uow, award)
