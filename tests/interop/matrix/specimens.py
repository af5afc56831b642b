"""One of every form that is written here, and of each what must not be believed: tampered, of a wrong issuer, by a
wrong key, on a wrong list."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from PIL import Image

from lti_tool.credentials.baking import bake_png, bake_svg, payload_text
from lti_tool.credentials.clr_2 import build_record
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.open_badges_2 import build as open_badges_2
from lti_tool.credentials.open_badges_3 import build_credential
from lti_tool.credentials.sd_jwt import SdJwtTerms, write_sd_jwt
from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.credential import IssuerProfile, Recipient, StatusEntry
from tests.factories.credentials import BASE_URL, DidKey, LocalResolver, endorsement, full_claim
from tests.interop.matrix.speakers import ECDSA, EDDSA, TODAY, Speaker

GOOD, TAMPERED, ISSUER, KEY, LIST = "good", "tampered", "wrong issuer", "wrong key", "wrong list"
INDEX = 94567
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'


@dataclass
class Specimen:
    """Something to hand to readers. `data` is what a person has; `served` what they can fetch, by address."""

    form: str
    case: str
    kind: str
    data: Any
    issuer: Speaker
    served: dict[str, Any]
    hosted: dict[str, Any] = field(default_factory=dict)
    algorithm: str = ""
    picture: bytes = b""

    def resolver(self) -> LocalResolver:
        lists = {url: one for url, one in self.served.items() if "/status/" in url}
        rest = {url: one for url, one in self.served.items() if url not in lists}
        return LocalResolver(dids=rest, keys=rest, lists=lists, hosted=self.hosted)


def _claim(issuer: Speaker, **changes: Any) -> dict[str, Any]:
    purpose = changes.pop("purpose", "revocation")
    usual: dict[str, Any] = {
        "valid_from": TODAY - timedelta(hours=2),
        "awarded_date": TODAY - timedelta(days=1),
        "valid_until": TODAY + timedelta(days=300),
        "status": StatusEntry(issuer.list_url, INDEX, purpose),
        "recipient": Recipient("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", name="Zoë"),
    }
    return build_credential(full_claim(issuer.id, **usual | changes))


def _renamed(document: dict[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(document), "name": "Rockets"}


def _served(issuer: Speaker, case: str, *raised: int, purpose: str = "revocation") -> dict[str, Any]:
    stranger = Speaker(issuer.kind, issuer.suite, "botany")
    signer = stranger if case == LIST else None
    listed = issuer.status_list(*raised, purpose=purpose, signer=signer)
    return issuer.documents() | stranger.documents() | {issuer.list_url: listed}


def _embedded(issuer: Speaker, unsigned: dict[str, Any], case: str) -> dict[str, Any]:
    """Signed as the case says."""
    if case == ISSUER:  # somebody else's key, by its own name, under this issuer's
        return Speaker(issuer.kind, issuer.suite, "botany").sign(unsigned)
    if case == KEY:  # a key that the issuer does not have, by the name of one that it has
        return issuer.sign(unsigned, by=Speaker(suite=issuer.suite).key, named=issuer.method(issuer.key))
    signed = issuer.sign(unsigned)
    return _renamed(signed) if case == TAMPERED else signed


def _json(form: str, issuer: Speaker, *raised: int, purpose: str = "revocation", **changes: Any) -> _Maker:
    def make(case: str) -> Specimen:
        unsigned = _claim(issuer, purpose=purpose, **changes)
        document = _embedded(issuer, unsigned, case)
        return Specimen(form, case, "json", document, issuer, _served(issuer, case, *raised, purpose=purpose))

    return make


def _jwt(algorithm: str) -> _Maker:
    issuer = Speaker()

    def make(case: str) -> Specimen:
        stranger, unsigned = Speaker(slug="botany"), _claim(issuer)
        if case == TAMPERED:
            head, _, signature = issuer.token(unsigned, algorithm).split(".")
            text = ".".join([head, issuer.token(_renamed(unsigned), algorithm).split(".")[1], signature])
        elif case == ISSUER:
            text = issuer.token(unsigned, algorithm, by=stranger, kid=stranger.kid(algorithm))
        else:
            text = issuer.token(unsigned, algorithm, by=stranger if case == KEY else None)
        served = _served(issuer, case) | stranger.documents()
        return Specimen(f"Open Badges 3.0, VC-JWT {algorithm}", case, "jwt", text, issuer, served, algorithm=algorithm)

    return make


def _png() -> bytes:
    output = io.BytesIO()
    Image.new("RGBA", (8, 8), (10, 20, 30, 128)).save(output, "PNG")
    return output.getvalue()


def _baked(kind: str) -> _Maker:
    issuer = Speaker()

    def make(case: str) -> Specimen:
        text = payload_text(_embedded(issuer, _claim(issuer), case))
        data = bake_png(_png(), text) if kind == "png" else bake_svg(_SVG, text).encode()
        return Specimen(f"Open Badges 3.0, baked {kind.upper()}", case, kind, data, issuer, _served(issuer, case))

    return make


def _rotated(case: str) -> Specimen:
    issuer = Speaker()
    unsigned = _claim(issuer)
    signed = _embedded(issuer, unsigned, case) if case in (ISSUER, KEY) else issuer.sign(unsigned, by=issuer.older)
    document = _renamed(signed) if case == TAMPERED else signed
    return Specimen("Open Badges 3.0, key replaced since", case, "json", document, issuer, _served(issuer, case))


def _endorsed(case: str) -> Specimen:
    issuer, endorser = Speaker(), DidKey.make(EDDSA)
    unsigned = _claim(issuer)
    achievement = unsigned["credentialSubject"]["achievement"]
    signed = endorser.sign(endorsement(achievement["id"], endorser.did))
    achievement["endorsement"] = [signed]
    document = _embedded(issuer, unsigned, GOOD if case == TAMPERED else case)
    if case == TAMPERED:  # the endorser's words
        inside = document["credentialSubject"]["achievement"]["endorsement"][0]["credentialSubject"]
        inside["endorsementComment"] = "We hire nobody for this."
    served = _served(issuer, case) | endorser.documents()
    return Specimen("Open Badges 3.0, endorsed", case, "json", document, issuer, served)


def _record(case: str) -> Specimen:
    issuer = Speaker()
    badges = tuple(
        dump(issuer.sign(_claim(issuer, credential_id=f"urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c0{number}")))
        for number in (1, 2)
    )
    holder = json.loads(badges[0])["credentialSubject"]["id"]
    profile = IssuerProfile(issuer.id, "Astronomy at Example")
    unsigned = build_record(
        RecordClaim("urn:uuid:2b8f0a52-5ac9-4a93-9d0c-2f4b41b61c01", profile, holder, "Record", TODAY, badges)
    )
    document = _embedded(issuer, unsigned, GOOD if case == TAMPERED else case)
    if case == TAMPERED:
        document["credentialSubject"]["verifiableCredential"][1]["name"] = "Rockets"
    return Specimen("CLR 2.0 of two badges", case, "record", document, issuer, _served(issuer, case))


def _sd_jwt(case: str) -> Specimen:
    issuer, stranger = Speaker(), Speaker(slug="botany")
    unsigned = _claim(issuer)
    terms = SdJwtTerms(
        issuer_url=f"{BASE_URL}/issuers/astronomy",
        type_url=f"{BASE_URL}/credential-types/open-badge",
        issued_at=TODAY,
        salt_of=lambda place: f"salt-of-{place}",
        status_url=issuer.list_url.replace("/status/", "/token-status/"),
    )
    signer = stranger if case in (ISSUER, KEY) else issuer
    kid = (stranger if case == ISSUER else issuer).kid("ES256")
    token = write_sd_jwt(unsigned, terms, kid=kid, private_key=signer.tokens["ES256"])
    if case == TAMPERED:
        other = write_sd_jwt(_renamed(unsigned), terms, kid=kid, private_key=signer.tokens["ES256"])
        token = token.replace(token.split(".")[1], other.split(".")[1])
    served = _served(issuer, case) | stranger.documents()
    return Specimen("SD-JWT VC", case, "sd-jwt", token, issuer, served, algorithm="ES256")


def _hosted(case: str) -> Specimen:
    """Open Badges 2.0, as a picture with its address; nothing of it is signed and it is on no list."""
    issuer = Speaker()
    claim = full_claim(issuer.id, valid_until=TODAY + timedelta(days=300), awarded_date=TODAY - timedelta(days=1))
    places = {name: f"{BASE_URL}/b/1/{name}.json" for name in ("assertion", "class", "issuer")}
    issuer_address = "https://impostor.example/issuer" if case == ISSUER else places["issuer"]
    assertion = open_badges_2.assertion(
        claim, address=places["assertion"], class_address=places["class"], email="a@b.example", salt="s", page=BASE_URL
    )
    badge_class = open_badges_2.badge_class(
        replace(claim.achievement), address=places["class"], issuer_address=issuer_address
    )
    profile = open_badges_2.issuer_profile(claim.issuer, issuer_address)
    hosted = {document["id"]: document for document in (assertion, badge_class, profile)}
    carried = {**assertion, "issuedOn": "2020-01-01T00:00:00Z"} if case == TAMPERED else assertion
    picture = bake_png(_png(), payload_text(issuer.sign(_claim(issuer))), places["assertion"])
    return Specimen(
        "Open Badges 2.0, hosted, and in a picture", case, "hosted", dump(carried), issuer, {}, hosted, picture=picture
    )


_Maker = Callable[[str], Specimen]
_SIGNED = (GOOD, TAMPERED, ISSUER, KEY, LIST)
FORMS: list[tuple[_Maker, tuple[str, ...]]] = [
    *(
        (_json(f"Open Badges 3.0, {suite}, {kind}", Speaker(kind, suite)), _SIGNED)
        for suite in (EDDSA, ECDSA)
        for kind in ("did:web", "did:key", "https")
    ),
    (_jwt("RS256"), _SIGNED),
    (_jwt("ES256"), _SIGNED),
    (_baked("png"), _SIGNED),
    (_baked("svg"), _SIGNED),
    (_json("Open Badges 3.0, revoked", Speaker(), INDEX), _SIGNED),
    (_json("Open Badges 3.0, suspended", Speaker(), INDEX, purpose="suspension"), _SIGNED),
    (_json("Open Badges 3.0, expired", Speaker(), valid_until=TODAY - timedelta(hours=1)), _SIGNED),
    (_rotated, _SIGNED),
    (_endorsed, _SIGNED),
    (_hosted, (GOOD, TAMPERED, ISSUER)),
    (_record, (GOOD, TAMPERED, ISSUER, KEY)),
    (_sd_jwt, _SIGNED),
]


def specimens() -> list[Specimen]:
    """Every form in every case that it has."""
    return [make(case) for make, cases in FORMS for case in cases]
