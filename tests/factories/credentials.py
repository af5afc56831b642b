"""An issuer with fresh keys, a full badge claim, and a resolver that knows only what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from lti_tool.credentials.contexts import CREDENTIALS_V2, DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3
from lti_tool.credentials.data_integrity import DataIntegritySigner
from lti_tool.credentials.did_web import (
    IssuerKeys,
    did_document,
    issuer_did,
    key_document,
    key_document_url,
    multikey_method,
)
from lti_tool.credentials.keys_text import to_multibase
from lti_tool.credentials.sd_jwt import SdJwtTerms, write_sd_jwt
from lti_tool.credentials.writer import CredentialWriter
from lti_tool.domain.credential import (
    AchievementFacts,
    BadgeClaim,
    EvidenceItem,
    HashedEmail,
    ImageRef,
    IssuerProfile,
    Recipient,
    ResultLevel,
    ResultScale,
    ResultValue,
    SkillAlignment,
    StatusEntry,
)
from lti_tool.domain.errors import BadgeToolError

BASE_URL = "https://badges.example"
LIST_URL = f"{BASE_URL}/issuers/astronomy/status/1"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_SCALE = "urn:uuid:4b6c7a52-8a0e-4f1c-9a57-0d8f6f8f3b11"


@cache
def rsa_key(which: int = 0) -> RSAPrivateKey:
    """One of a few RSA keys: made once a process, because making one takes a while."""
    del which
    return generate_private_key(65537, 2048)


@dataclass(frozen=True)
class DidKey:
    """Somebody who signs with a did:key, of the kind of key that a suite takes."""

    private: Ed25519PrivateKey | EllipticCurvePrivateKey

    @classmethod
    def make(cls, suite: str) -> DidKey:
        return cls(Ed25519PrivateKey.generate() if suite == "eddsa-rdfc-2022" else generate_ec_key(SECP256R1()))

    @property
    def did(self) -> str:
        return f"did:key:{to_multibase(self.private.public_key())}"

    @property
    def method(self) -> str:
        return f"{self.did}#{self.did.removeprefix('did:key:')}"

    def sign(self, document: dict[str, Any]) -> dict[str, Any]:
        signer = DataIntegritySigner()
        return signer.sign(document, created=NOW, verification_method=self.method, private_key=self.private)

    def documents(self) -> dict[str, dict[str, Any]]:
        """The DID's own document, for readers that look it up."""
        fragment = self.did.removeprefix("did:key:")
        method = {"id": self.method, "type": "Multikey", "controller": self.did, "publicKeyMultibase": fragment}
        listed = {"verificationMethod": [method], "assertionMethod": [self.method]}
        return {self.did: {"@context": [DID_V1, MULTIKEY_V1], "id": self.did, **listed}}


def endorsement(about: str, endorser: str) -> dict[str, Any]:
    """An unsigned EndorsementCredential that speaks of `about`."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": "urn:uuid:6f1d1a5e-3f0c-4b8e-8d0e-0e7a6f1c2b3d",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": endorser, "type": ["Profile"], "name": "Guild of Astronomers"},
        "validFrom": "2026-01-01T00:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "We hire for this."},
    }


@dataclass
class Issuer:
    """An issuer with its current keys; it is what CredentialWriter calls SigningKeys."""

    base_url: str = BASE_URL
    slug: str = "astronomy"
    private: Ed25519PrivateKey | EllipticCurvePrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    jwt_private: RSAPrivateKey | EllipticCurvePrivateKey = field(default_factory=rsa_key)
    sd_jwt_private: EllipticCurvePrivateKey = field(default_factory=lambda: generate_ec_key(SECP256R1()))

    @classmethod
    def choosing(cls, suite: str, algorithm: str = "RS256", slug: str = "astronomy") -> Issuer:
        """One that signs as these say."""
        token = rsa_key() if algorithm == "RS256" else generate_ec_key(SECP256R1())
        return cls(slug=slug, private=DidKey.make(suite).private, jwt_private=token)

    @property
    def did(self) -> str:
        return issuer_did(self.base_url, self.slug)

    @property
    def proof(self) -> tuple[Ed25519PrivateKey | EllipticCurvePrivateKey, str]:
        return self.private, multikey_method(self.did, self.private.public_key())

    @property
    def jwt(self) -> tuple[RSAPrivateKey | EllipticCurvePrivateKey, str]:
        return self.jwt_private, key_document_url(self.base_url, self.slug, self.jwt_private.public_key())

    @property
    def writer(self) -> CredentialWriter:
        return CredentialWriter(self)

    def did_json(self) -> dict[str, Any]:
        tokens = (self.jwt_private.public_key(), self.sd_jwt_private.public_key())
        return did_document(self.did, IssuerKeys((self.private.public_key(),), tokens))

    @property
    def sd_jwt_kid(self) -> str:
        return key_document_url(self.base_url, self.slug, self.sd_jwt_private.public_key())

    def sd_jwt(self, unsigned: dict[str, Any], holder: dict[str, str] | None = None) -> str:
        """The twin of a credential, with everything disclosed."""
        terms = SdJwtTerms(
            issuer_url=f"{self.base_url}/issuers/{self.slug}",
            type_url=f"{self.base_url}/credential-types/open-badge",
            issued_at=NOW,
            salt_of=lambda place: f"salt-of-{place}",
            status_url=LIST_URL.replace("/status/", "/token-status/") if "credentialStatus" in unsigned else "",
            holder=holder,
        )
        return write_sd_jwt(unsigned, terms, kid=self.sd_jwt_kid, private_key=self.sd_jwt_private)

    def key_documents(self) -> dict[str, dict[str, Any]]:
        """The one-JWK documents, by address."""
        keys = {self.jwt[1]: self.jwt_private, self.sd_jwt_kid: self.sd_jwt_private}
        return {kid: dict(key_document(self.did, key.public_key(), kid)) for kid, key in keys.items()}

    def status_list(self, *revoked: int, at: datetime = NOW) -> dict[str, Any]:
        return self.writer.status_list(
            LIST_URL, self.did, revoked, valid_from=at - timedelta(hours=1), valid_until=at + timedelta(days=1)
        )

    def resolver(self, *revoked: int) -> LocalResolver:
        """What this issuer serves to the world."""
        return LocalResolver(
            dids={self.did: self.did_json()},
            keys=self.key_documents(),
            lists={LIST_URL: self.status_list(*revoked)},
        )


@dataclass
class LocalResolver:
    """Answers from dicts and remembers what it was asked."""

    dids: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)
    hosted: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def did_document(self, did: str) -> dict[str, Any]:
        found: dict[str, Any] = self._find(self.dids, did)
        return found

    def key_document(self, url: str) -> dict[str, Any]:
        found: dict[str, Any] = self._find(self.keys, url)
        return found

    def hosted_document(self, url: str) -> dict[str, Any]:
        found: dict[str, Any] = self._find(self.hosted, url)
        return found

    def status_list(self, url: str) -> dict[str, Any] | str:
        found: dict[str, Any] | str = self._find(self.lists, url)
        return found

    def _find(self, where: dict[str, Any], name: str) -> Any:
        self.asked.append(name)
        if name not in where:
            raise BadgeToolError("resolver.unreachable", "The issuer's server does not answer.")
        return where[name]


_CLARITY = ResultScale(
    "urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c03",
    "Report: Clarity",
    "RubricCriterionLevel",
    levels=(
        ResultLevel("urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c04", "Unclear", "0"),
        ResultLevel("urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c05", "Clear", "6", "Easy to follow."),
    ),
    required_level="urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c05",
)


def full_claim(issuer_id: str, **changes: Any) -> BadgeClaim:
    """A claim that uses every member this tool writes."""
    claim = BadgeClaim(
        credential_id="urn:uuid:0b8f0a52-5ac9-4a93-9d0c-2f4b41b61c01",
        issuer=IssuerProfile(issuer_id, "Astronomy at Example", "https://badges.example/astronomy"),
        recipient=Recipient(
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            name='Zoë "Z" {Bright}',
            email=HashedEmail("sha256$" + "3f" * 32, "5d1c0ffee5d1c0ffee"),
        ),
        achievement=AchievementFacts(
            id="https://badges.example/achievements/orbits",
            name="Orbits",
            description="Works out orbits of planets.\nReads an ephemeris.",
            criteria_narrative="Quiz 'Orbits' with at least 80 % **and** module 1 } complete.",
            criteria_url="https://badges.example/achievements/orbits#criteria",
            image=ImageRef("https://badges.example/achievements/orbits.png", "A ring around a star"),
            achievement_type="Badge",
            tags=("astronomy", "orbits"),
            version="2",
            result_scales=(ResultScale(_SCALE, "Quiz score", "Percent", "0", "100", "80"), _CLARITY),
            alignments=(
                SkillAlignment("Kepler's laws", "https://case.example/items/7", "CFItem", "b9d1", "Physics"),
                SkillAlignment("astronomy", "http://data.europa.eu/esco/skill/0b8f0a52"),
                SkillAlignment("Course", "https://credentials.example/ce-1", "ceterms:Credential", "ce-1"),
            ),
        ),
        valid_from=NOW,
        awarded_date=NOW - timedelta(days=1),
        status=StatusEntry(LIST_URL, 94567),
        valid_until=datetime(2036, 1, 1, tzinfo=UTC),
        evidence=(EvidenceItem("Quiz 'Orbits'", "91 of 100 points on 1 March 2026.", "Quiz"),),
        results=(ResultValue("91", _SCALE), ResultValue("Clear", _CLARITY.id, _CLARITY.levels[1].id)),
    )
    return replace(claim, **changes)
