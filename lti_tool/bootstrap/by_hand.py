"""Registration by hand, made from the house: for the administrator's pages and for the command line."""

from __future__ import annotations

from lti_tool.bootstrap.house import House
from lti_tool.http.addresses import AddressPolicy
from lti_tool.usecases.register_by_hand import RegisterByHand


def register_by_hand(house: House) -> RegisterByHand:
    """Plain http is accepted for the hosts that the operator's development setting names, and for no other."""
    policy = AddressPolicy(house.settings.allowed_private_hosts)
    return RegisterByHand(house.transactions, house.clock, house.settings.tenant, policy.trusts)
