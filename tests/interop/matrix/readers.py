"""What each reader says of each specimen: "accepts", "says revoked", … or "refuses"; None where it does not read it."""

from __future__ import annotations

import importlib.metadata
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadges_bakery import unbake
from openbadgeslib import baking
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3Verifier

from lti_tool.credentials.contexts import (
    CLR_2_0_1,
    DID_V1,
    MULTIKEY_V1,
    OPEN_BADGES_3_0_3,
    OPEN_BADGES_EXTENSIONS,
    context_document,
)
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import CheckName, CheckOutcome
from tests.interop.matrix.speakers import EDDSA, TODAY
from tests.interop.matrix.specimens import GOOD, LIST, Specimen
from tests.peers_support import PEERS, ask_node

ACCEPTS, REFUSES = "accepts", "refuses"
Said = str | None
_TOLD = {"status.revoked": "says revoked", "status.suspended": "says suspended", "dates.expired": "says expired"}
_CONTEXTS = (CLR_2_0_1, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, DID_V1, MULTIKEY_V1)


def ours(found: Specimen) -> Said:
    data = json.dumps(found.data) if isinstance(found.data, dict) else found.data
    report = verify(data, found.resolver(), now=TODAY)
    if report.valid:
        return ACCEPTS
    asked = (CheckName.SIGNATURE, CheckName.ISSUER_KEY)
    proved = all(report.check(name).outcome is CheckOutcome.PASSED for name in asked)
    told = [_TOLD[check.code] for check in report.checks if check.code in _TOLD]
    return told[0] if proved and told else REFUSES


def openbadgeslib(found: Specimen) -> Said:
    """PyPI openbadgeslib, given the issuer's key and identity; asked for signature, issuer and dates."""
    try:
        if found.kind == "jwt":
            OB3Verifier(_pem(found.issuer.tokens[found.algorithm]), issuer_did=found.issuer.id).verify(found.data)
            return ACCEPTS
        document = _unbaked(found)
        if document is None:
            return None
        # An https issuer is not one that it can tie a key to by name; it is given the key alone.
        known_as = found.issuer.id if found.issuer.id.startswith("did:") else None
        OB3LdpVerifier(_pem(_key(found)), issuer_did=known_as).verify(document)
    except LibOpenBadgesException as error:
        if "cryptosuite" in str(error) and found.issuer.suite != EDDSA:
            return None
        return "says expired" if "expired" in str(error).lower() else REFUSES
    return ACCEPTS


def _unbaked(found: Specimen) -> Any:
    if found.kind == "png":
        return baking.extract_png(found.data, keyword=baking.ITXT_KEYWORD_OB3)
    if found.kind == "svg":
        return baking.extract_svg(found.data, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    return found.data if found.kind == "json" else None


def _key(found: Specimen) -> Any:
    return found.issuer.older if "key replaced" in found.form else found.issuer.key


def _pem(key: Any) -> bytes:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text


def bakery(found: Specimen) -> Said:
    """PyPI openbadges-bakery takes Open Badges 2.0 out of a picture and judges nothing."""
    if found.kind != "hosted" or found.case != GOOD:
        return None
    return "finds its address" if unbake(io.BytesIO(found.picture)) in found.hosted else REFUSES


def digital_bazaar(found: Specimen) -> dict[str, Any] | None:
    """The question to npm @digitalbazaar/vc with vc-bitstring-status-list."""
    if found.kind not in ("json", "record"):
        return None
    documents = {url: context_document(url) for url in _CONTEXTS} | found.served
    # Its clock is this one's: a list that was signed a moment ago is not from the future.
    return {"reader": "credential", "credential": found.data, "documents": documents, "now": TODAY.isoformat()}


def jose(found: Specimen) -> dict[str, Any] | None:
    """npm jose checks signatures, with the key that it is given: the issuer's."""
    is_asked = found.kind == "jwt" and found.case != LIST
    jwk = found.issuer.jwk(found.algorithm) if is_asked else {}
    return {"reader": "jwt", "token": found.data, "jwk": jwk} if is_asked else None


def sd_jwt_core(found: Specimen) -> dict[str, Any] | None:
    """npm @sd-jwt/core likewise."""
    is_asked = found.kind == "sd-jwt" and found.case != LIST
    return {"reader": "sd-jwt", "token": found.data, "jwk": found.issuer.jwk("ES256")} if is_asked else None


def _answer(answer: dict[str, Any]) -> str:
    if answer.get("statusVerified") is False or not answer["verified"]:
        errors = " ".join(answer.get("errors", []))
        return "says expired" if "validUntil" in errors else REFUSES
    raised = [one["purpose"] for one in answer.get("status", []) if one["set"]]
    words = {"revocation": "says revoked", "suspension": "says suspended"}
    return words[raised[0]] if raised else ACCEPTS


PYTHON: dict[str, Callable[[Specimen], Said]] = {
    "ours": ours,
    "openbadgeslib": openbadgeslib,
    "openbadges-bakery": bakery,
}
NODE: dict[str, Callable[[Specimen], dict[str, Any] | None]] = {
    "@digitalbazaar/vc": digital_bazaar,
    "jose": jose,
    "@sd-jwt/core": sd_jwt_core,
}


def versions() -> dict[str, str]:
    """Of each reader but ours."""
    wanted = json.loads((PEERS / "package.json").read_text())["dependencies"]
    found = {name: wanted[name] for name in NODE}
    return found | {name: importlib.metadata.version(name) for name in PYTHON if name != "ours"}


def read_all(found: Sequence[Specimen]) -> dict[str, list[Said]]:
    """The answers of every reader, in order; Node is started once."""
    said: dict[str, list[Said]] = {name: [read(one) for one in found] for name, read in PYTHON.items()}
    asked = [(name, place, question(one)) for name, question in NODE.items() for place, one in enumerate(found)]
    questions = [(name, place, question) for name, place, question in asked if question is not None]
    answers = ask_node("read_many.mjs", [question for _, _, question in questions])
    for name in NODE:
        said[name] = [None] * len(found)
    for (name, place, _), answer in zip(questions, answers, strict=True):
        said[name][place] = _answer(answer)
    return said
