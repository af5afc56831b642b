"""What some calls of the pages do beyond a single use case."""

from __future__ import annotations

import hmac
import time
from contextlib import suppress

from lti_tool.bootstrap.house import House
from lti_tool.credentials.baking import bake_svg
from lti_tool.delivery.download import files_for
from lti_tool.delivery.openid4vci import WalletDesk
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.images import BadgeDesign, badge_svg, check_upload, draw
from lti_tool.usecases.host_badge import HostBadge
from lti_tool.usecases.ports import Issuer, LaunchSession
from lti_tool.web.services import WalletLink

# How long a teacher's first launch in a course may wait for what the LMS says of it.
FIRST_READING_SECONDS = 1.5


def find_session(house: House, session_id: str) -> LaunchSession | None:
    with house.transactions(write=False) as unit:
        return unit.launch_sessions.get(session_id, house.clock.now())


def find_issuer(house: House, issuer_id: str) -> Issuer | None:
    with house.transactions(write=False) as unit:
        return unit.issuers.by_id(issuer_id)


def await_first_reading(house: House, course_id: str) -> None:
    deadline = time.monotonic() + FIRST_READING_SECONDS
    while time.monotonic() < deadline:
        with house.transactions(write=False) as unit:
            if unit.courses.reading(course_id).tried_at is not None:
                return
        time.sleep(0.05)


def wallet_offer(house: House, desk: WalletDesk, award_id: str) -> WalletLink:
    offer = desk.offers.create_offer(award_id, house.settings.tenant)
    return WalletLink(offer.uri, offer.expires_at)


def same_text(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.strip().encode())


def drawn(text: str) -> bytes:
    """A picture by its description. One with somebody's words in it goes the way of every drawing that people send."""
    design = BadgeDesign.parse(text)
    return check_upload(badge_svg(design).encode()).png if design.words else draw(design)


def _baked_drawing(design: str, document: str) -> str:
    """The drawn picture with the badge inside; "" for a picture of another kind, also one that is not offered now."""
    with suppress(BadgeToolError):
        return bake_svg(badge_svg(BadgeDesign.parse(design)), document)
    return ""


def badge_files(house: House, host: HostBadge, award_id: str) -> dict[str, tuple[str, str, bytes]]:
    with house.transactions(write=False) as unit:
        award, credential = unit.awards.get(award_id), unit.credentials.get(award_id)
        badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
        png = unit.images.get(badge.image_id) if badge else None
        page, person = unit.public_pages.of_award(award_id), unit.people.get(award.person_id) if award else None
    if badge is None or credential is None or credential.document is None or png is None:
        raise NotFound("award.not_issued", "This badge is not written yet.")
    # While it is shared the badge is hosted as Open Badges 2.0 too, for whom the platform told an address.
    hosted_at = host.address(page.token) if page and person and person.email else ""
    baked = house.signer.bake(png, credential.document, hosted_at)
    drawn = _baked_drawing(badge.design, credential.document)
    return dict(files_for(credential, baked, badge.name, house.twins.of(credential), drawn))
