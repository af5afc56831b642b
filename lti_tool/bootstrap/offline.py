"""The page to keep of one badge, from our own tables."""

from __future__ import annotations

from lti_tool.bootstrap.house import House
from lti_tool.delivery.download import safe_stem
from lti_tool.domain.award import AwardState
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.choose_issuer import issuer_of_award
from lti_tool.web.offline import OfflineBadge, offline_page


def offline_file(house: House, award_id: str) -> tuple[str, str, bytes]:
    """Its name, media type and bytes, as of now. Raises `award.not_issued`."""
    with house.transactions(write=False) as unit:
        award, credential = unit.awards.get(award_id), unit.credentials.get(award_id)
        badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
        png = unit.images.get(badge.image_id) if badge else None
        issuer = issuer_of_award(unit, award) if award else None
    if award is None or badge is None or credential is None or not credential.jwt or png is None or issuer is None:
        raise NotFound("award.not_issued", "This badge is not written yet.")
    page = OfflineBadge(
        name=badge.name,
        jwt=credential.jwt,
        issuer_id=issuer.id,
        keys=tuple(house.key_ring.jwt_keys(issuer)),
        picture=png,
        known_at=house.clock.now(),
        withdrawn=award.state in (AwardState.REVOKED, AwardState.SUSPENDED),
        verify_url=f"{house.settings.base_url}/verify",
    )
    return f"{safe_stem(badge.name)}.html", "text/html; charset=utf-8", offline_page(page)
