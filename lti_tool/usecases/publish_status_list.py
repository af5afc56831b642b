"""publish_status_list: signs a status list as it stands, so that anyone can fetch it."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.usecases.ports import BadgeSigner, Clock, Transactions

LIST_LIFE = timedelta(days=7)
RENEW_BEFORE = timedelta(days=3)


class PublishStatusList:
    def __init__(self, transactions: Transactions, clock: Clock, signer: BadgeSigner, base_url: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._signer = signer
        self._base_url = base_url

    def __call__(self, list_id: str) -> None:
        now = self._clock.now().replace(microsecond=0)
        with self._transactions(write=False) as unit:
            status_list = unit.status_lists.get(list_id)
            if status_list is None:
                return
            # On a list from before there were several issuers are the badges of the one that bears the tenant's name.
            issuer = unit.issuers.by_slug(status_list.issuer_slug or status_list.tenant_id)
            issuer = issuer or unit.issuers.of_tenant(status_list.tenant_id)
            revoked = unit.status_lists.revoked_indexes(list_id)
        valid_until = now + LIST_LIFE
        document = self._signer.sign_status_list(
            issuer,
            f"{self._base_url}/issuers/{issuer.slug}/status/{list_id}",
            revoked,
            status_list.size,
            now,
            valid_until,
            status_list.purpose,
        )
        with self._transactions() as unit:
            unit.status_lists.save_signed(list_id, status_list.revision, document, valid_until)
            unit.commit()
