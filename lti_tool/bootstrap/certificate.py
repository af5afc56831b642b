"""The certificate of one badge, from our own tables."""

from __future__ import annotations

import json

from lti_tool.bootstrap.house import House
from lti_tool.delivery.certificate import Certificate, certificate_pdf
from lti_tool.delivery.download import safe_stem
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.choose_issuer import issuer_of_award
from lti_tool.web.present.verdict import date_in_words


def certificate_file(house: House, award_id: str) -> tuple[str, str, bytes]:
    """Its name, media type and bytes. What it says is what was signed. Raises `award.not_issued`,
    `certificate.letters_unknown`."""
    base_url = house.settings.base_url
    with house.transactions(write=False) as unit:
        award, credential = unit.awards.get(award_id), unit.credentials.get(award_id)
        badge = unit.achievements.version(award.achievement_id, award.achievement_version) if award else None
        png = unit.images.get(badge.image_id) if badge else None
        issuer = issuer_of_award(unit, award) if award else None
        course = unit.courses.get(award.course_id) if award else None
        person = unit.people.get(award.person_id) if award else None
        page = unit.public_pages.of_award(award_id)
    if badge is None or credential is None or not credential.document or png is None or issuer is None:
        raise NotFound("award.not_issued", "This badge is not written yet.")
    signed = json.loads(credential.document)
    achievement = signed["credentialSubject"]["achievement"]
    lines = {
        "Issued by": str(signed["issuer"].get("name", "")),
        "Course": course.title if course else "",
        "Earned on": date_in_words(signed.get("awardedDate") or signed["validFrom"]),
        "Valid until": date_in_words(signed["validUntil"]) if "validUntil" in signed else "",
    }
    certificate = Certificate(
        name=achievement["name"],
        holder=person.name if person else "",
        issuer=lines["Issued by"],
        description=achievement.get("description", ""),
        criteria=achievement["criteria"].get("narrative", ""),
        facts=tuple((name, text) for name, text in lines.items() if text),
        picture=png,
        picture_alt=badge.image_caption,
        address=f"{base_url}/b/{page.token}" if page else "",
        verify_url=f"{base_url}/verify",
        made_at=house.clock.now(),
        colour=issuer.colour,
    )
    return f"{safe_stem(badge.name)}.pdf", "application/pdf", certificate_pdf(certificate)
