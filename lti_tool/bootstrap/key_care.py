"""Changing how private keys and stored secrets lie on the disk."""

from __future__ import annotations

from collections.abc import Sequence

from lti_tool.bootstrap.house import House
from lti_tool.db.sealing import Sealer
from lti_tool.db.unit_of_work import SqlTransactions


def encrypt_everything(house: House, old_secrets: Sequence[bytes] = ()) -> tuple[int, int]:
    """Encrypts with the present secret what is plain, or was encrypted with one of the old: (key files, registrations).

    Repeatable: where it was broken off it is called again. Raises `keys.secret_missing` and `keys.secret_wrong`.
    """
    keys = house.key_store.encrypt(old_secrets)
    transactions = SqlTransactions(house.engine, house.clock, sealer=Sealer(house.settings.key_secret, old_secrets))
    with transactions() as unit:
        registrations = unit.registrations.all()
        for registration in registrations:
            unit.registrations.save(registration)
            for credential in unit.source_credentials.of_registration(registration.id):
                unit.source_credentials.add(credential)
            grant = unit.api_grants.get(registration.id)
            if grant is not None:
                unit.api_grants.save(grant)
        unit.commit()
    return keys, sum(bool(one.webhook_secret or one.moodle_token) for one in registrations)
