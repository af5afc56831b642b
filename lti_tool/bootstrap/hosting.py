"""Hosting badges as Open Badges 2.0."""

from __future__ import annotations

import hashlib
import hmac

from lti_tool.bootstrap.house import House
from lti_tool.credentials.open_badges_2 import build
from lti_tool.usecases.host_badge import HostBadge


def make_host_badge(house: House) -> HostBadge:
    key = house.secret.derive("open-badges-2-salt")

    def salt_of(award_id: str) -> str:
        return hmac.new(key, award_id.encode(), hashlib.sha256).hexdigest()[:32]

    return HostBadge(house.transactions, house.claims, build, salt_of, house.settings.base_url)
