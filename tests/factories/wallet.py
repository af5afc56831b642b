"""A tool that offers one badge to wallets, on a real database, and a wallet that collects it."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import base58
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from lti_tool.credentials.did_web import issuer_did, key_document, public_key_of_did
from lti_tool.credentials.keys_text import to_jwk
from lti_tool.credentials.open_badges_3 import build_profile
from lti_tool.db.engine import make_engine
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.delivery.openid4vci import WalletDesk, make_wallet_desk
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import PERIOD_ONCE, Award, AwardState
from lti_tool.domain.credential import IssuerProfile, Recipient
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import SYSTEM, Course, Person
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases.ports import Issuer, StoredCredential
from lti_tool.web.protocols.issuer import PublicDocuments, issuer_blueprint
from lti_tool.web.protocols.wallet import wallet_blueprint
from tests.factories import credentials

BASE_URL = "http://localhost:8000"
SLUG, OTHER_SLUG = "astronomy", "botany"
TENANT, OTHER_TENANT = "tenant-astronomy", "tenant-botany"
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
PROOF_TYPE = "openid4vci-proof+jwt"
LDP, JWT, SD_JWT = "OpenBadgeCredential_ldp_vc", "OpenBadgeCredential_jwt", "OpenBadgeCredential_sd_jwt"


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)


class RunningClock:
    """The machine's time, for peers that bring their own."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class World:
    """A tool with two issuers; one learner of the first has one badge."""

    database_url: str
    base_url: str = BASE_URL
    clock: Any = field(default_factory=SetClock)
    bound_calls: list[tuple[str, str]] = field(default_factory=list)
    award_id: str = ""
    signed: list[str] = field(default_factory=list)
    fails_after_signing: Exception | None = None

    def __post_init__(self) -> None:
        self.engine = make_engine(self.database_url)
        self.transactions = SqlTransactions(self.engine, self.clock)
        self.keys = credentials.Issuer(self.base_url, SLUG)
        self.issued_at = self.clock.now().replace(microsecond=0)
        self.issuers = [self._issuer(TENANT, SLUG), self._issuer(OTHER_TENANT, OTHER_SLUG)]
        if not self.award_id:
            self.award_id = str(uuid4())
            self._seed()
        self.desk: WalletDesk = make_wallet_desk(
            self.transactions, self.clock, self.base_url, b"s" * 32, self.issue_bound, public_key_of_did, self.sd_jwt_of
        )

    @staticmethod
    def beside(world: World) -> World:
        """A second process on the same database."""
        return World(world.database_url, world.base_url, world.clock, award_id=world.award_id)

    def _issuer(self, tenant: str, slug: str) -> Issuer:
        return Issuer(tenant, slug, issuer_did(self.base_url, slug), slug.title(), f"https://{slug}.example")

    def _seed(self) -> None:
        registration = Registration(
            "r1", TENANT, "Practice", "https://lms.example", "client", "https://lms.example/auth",
            "https://lms.example/token", "https://lms.example/keys", RegistrationState.ACTIVE,
        )  # fmt: skip
        course = Course("c1", "r1", "d1", "context-1", "Astronomy 1", "https://lms.example/lineitems")
        with self.transactions() as uow:
            for issuer in self.issuers:
                uow.issuers.save(issuer)
            uow.registrations.save(registration)
            uow.courses.save(course)
            uow.people.save(Person("p1", "r1", "d1", "subject-1", "Ana Example"))
            uow.achievements.save(Achievement("a1", "c1", "Orbits", "Works out orbits.", "0" * 64, None))
            uow.awards.add(self._award())
            uow.awards.note(self.award_id, self.clock.now(), SYSTEM, "awarded")
            uow.commit()

    def _award(self) -> Award:
        now = self.clock.now()
        return Award(self.award_id, "a1", 1, "c1", "p1", PERIOD_ONCE, now, {}, AwardState.ISSUED, issued_at=now)

    def revoke(self) -> None:
        with self.transactions() as uow:
            award = uow.awards.get(self.award_id)
            assert award is not None
            uow.awards.save(award.revoked("copied", self.clock.now()))
            uow.awards.note(self.award_id, self.clock.now(), SYSTEM, "revoked", "copied")
            uow.commit()

    def issue_bound(self, award_id: str, did: str) -> StoredCredential:
        """Signs with real keys; like the use case, the same award and holder give the same bytes."""
        self.bound_calls.append((award_id, did))
        if award_id != self.award_id:
            raise BadgeToolError("award.unknown", "There is no such award.", status=404)
        claim = credentials.full_claim(
            self.keys.did,
            credential_id=f"urn:uuid:{award_id}",
            recipient=Recipient(did),
            valid_from=self.issued_at,
            awarded_date=self.issued_at,
        )
        unsigned = self.keys.writer.unsigned(claim)
        badge = self.keys.writer.sign(unsigned, self.issued_at)
        self.signed.append(badge.json)
        if self.fails_after_signing is not None:
            raise self.fails_after_signing
        return StoredCredential(
            claim.credential_id, award_id, did, unsigned, self.issued_at, "", "", badge.json, badge.jwt
        )

    def sd_jwt_of(self, badge: StoredCredential) -> str:
        return self.keys.sd_jwt(badge.unsigned, to_jwk(public_key_of_did(badge.binding)))

    def app(self) -> Flask:
        app = Flask("wallet-test")
        kid_url = self.keys.jwt[1]
        documents = PublicDocuments(
            self.transactions,
            self.clock,
            did_document=lambda issuer: self.keys.did_json(),
            profile=lambda issuer: build_profile(IssuerProfile(issuer.id, issuer.name, issuer.url)),
            key_history=lambda issuer: [],
            key_document=lambda issuer, kid: (
                key_document(issuer.id, self.keys.jwt_private.public_key(), kid_url)
                if kid_url.endswith(f"/{kid}.json")
                else None
            ),
            achievement=lambda id_: _ACHIEVEMENT if id_ == "a1" else None,
        )
        app.register_blueprint(wallet_blueprint(self.desk))
        app.register_blueprint(issuer_blueprint(documents))
        return app

    @property
    def issuer_url(self) -> str:
        return f"{self.base_url}/issuers/{SLUG}"


_ACHIEVEMENT = {
    "id": f"{BASE_URL}/achievements/a1",
    "type": ["Achievement"],
    "name": "Orbits <b>",
    "description": "Works out orbits.",
    "criteria": {"narrative": "Score at least 80 % in Quiz 1."},
}


@dataclass
class Wallet:
    """A holder's key and the proofs it makes."""

    key: Ed25519PrivateKey | EllipticCurvePrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @staticmethod
    def on_p256() -> Wallet:
        return Wallet(generate_ec_key(SECP256R1()))

    @property
    def alg(self) -> str:
        return "EdDSA" if isinstance(self.key, Ed25519PrivateKey) else "ES256"

    @property
    def did_key(self) -> str:
        public = self.key.public_key()
        if isinstance(public, EllipticCurvePublicKey):
            data = b"\x80\x24" + public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        else:
            data = b"\xed\x01" + public.public_bytes_raw()
        return "did:key:z" + base58.b58encode(data).decode()

    @property
    def kid(self) -> str:
        return f"{self.did_key}#{self.did_key.removeprefix('did:key:')}"

    @property
    def jwk(self) -> dict[str, str]:
        public = self.key.public_key()
        maker = ECAlgorithm if isinstance(public, EllipticCurvePublicKey) else OKPAlgorithm
        made: dict[str, str] = maker.to_jwk(public, as_dict=True)  # type: ignore[arg-type]
        return {name: made[name] for name in ("crv", "kty", "x", "y") if name in made}

    def proof(
        self,
        audience: object,
        nonce: object,
        iat: object = None,
        header: dict[str, Any] | None = None,
        claims: dict[str, Any] | None = None,
    ) -> str:
        """A right proof, but for what `header` and `claims` change; a None in them takes the member away."""
        made = {"aud": audience, "nonce": nonce, "iat": iat if iat is not None else int(time.time())}
        made |= claims or {}
        headers = {"typ": PROOF_TYPE, "alg": self.alg, "kid": self.kid} | (header or {})
        return jws(
            {name: value for name, value in headers.items() if value is not None},
            {name: value for name, value in made.items() if value is not None},
            self.key,
        )


def jws(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """A compact JWS whose header is taken as it is, also where no library would write it."""
    signing_input = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
    alg = jwt.get_algorithm_by_name("EdDSA" if isinstance(key, Ed25519PrivateKey) else "ES256")
    return f"{signing_input}.{b64url(alg.sign(signing_input.encode(), key))}"


def b64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
