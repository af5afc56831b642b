"""The page to keep of one badge, from our own tables."""

from __future__ import annotations

from typing import Any

from lti_tool.bootstrap.house import House
from lti_tool.credentials.did_web import key_document
from lti_tool.credentials.vc_jwt import sign_jwt
from lti_tool.delivery.download import safe_stem
from lti_tool.domain.award import AwardState
from lti_tool.domain.errors import NotFound
from lti_tool.domain.issuer import Issuer
from lti_tool.usecases.change_award import is_withdrawn
from lti_tool.usecases.choose_issuer import issuer_of_award
from lti_tool.usecases.ports import StoredCredential
from lti_tool.web.offline import OfflineBadge, offline_page


def offline_file(house: House, award_id: str) -> tuple[str, str, bytes]:
    """Its name, media type and bytes, as of now. Raises `award.not_issued`."""
    with house.transactions(write=False) as unit:
        award, credential = unit.awards.get(award_id), unit.credentials.get(award_id)
        badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
        png = unit.images.get(badge.image_id) if badge else None
        issuer = issuer_of_award(unit, award) if award else None
        withdrawn = award is not None and (award.state is AwardState.SUSPENDED or is_withdrawn(unit, award))
    if award is None or badge is None or credential is None or not credential.document or png is None or issuer is None:
        raise NotFound("award.not_issued", "This badge is not written yet.")
    token, keys = _token(house, issuer, credential)
    page = OfflineBadge(
        name=badge.name,
        jwt=token,
        issuer_id=issuer.id,
        keys=keys,
        picture=png,
        known_at=house.clock.now(),
        withdrawn=withdrawn,
        verify_url=f"{house.settings.base_url}/verify",
    )
    return f"{safe_stem(badge.name)}.html", "text/html; charset=utf-8", offline_page(page)


def _token(house: House, issuer: Issuer, credential: StoredCredential) -> tuple[str, tuple[dict[str, Any], ...]]:
    """The badge as a JWT, and the keys that may have signed it. Issuers that are an Ed25519 key give out no JWTs, as
    not all readers of Open Badges 3.0 know that algorithm; this file brings the reader along."""
    if credential.jwt:
        return credential.jwt, tuple(house.key_ring.jwt_keys(issuer))
    key, name = house.key_ring.proof_key(issuer, credential.proof_kid)
    token = sign_jwt(credential.unsigned, kid=name, private_key=key)
    return token, (key_document(issuer.id, key.public_key(), name),)
