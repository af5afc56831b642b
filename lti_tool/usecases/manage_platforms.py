"""What an administrator does with platforms, gathered for the pages and the command line; each verb is a module."""

from __future__ import annotations

from lti_tool.usecases.accept_platform import AcceptPlatform
from lti_tool.usecases.connect_moodle import ConnectMoodle
from lti_tool.usecases.invite_platform import InvitePlatform
from lti_tool.usecases.ports import Clock, Transactions
from lti_tool.usecases.view_platform import ViewPlatform


class ManagePlatforms:
    """The verbs for one tenant's platforms."""

    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        inviting = InvitePlatform(transactions, clock, tenant_id)
        accepting = AcceptPlatform(transactions, clock, tenant_id)
        viewing = ViewPlatform(transactions, clock, tenant_id)
        self.invite, self.invitation, self.add = inviting.invite, inviting.invitation, inviting.add
        self.approve, self.disable = accepting.approve, accepting.disable
        self.accept_deployment = accepting.accept_deployment
        self.set_moodle = ConnectMoodle(transactions, tenant_id)
        self.all, self.page, self.resting = viewing.all, viewing.page, viewing.resting
