"""What the specifications and another implementation got: ours gets the same (tests/recordings/vectors/SOURCES.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lti_tool.credentials.contexts import CREDENTIALS_V2
from lti_tool.credentials.data_integrity import DataIntegritySigner, embedded_proof, signature_holds
from lti_tool.credentials.data_integrity.hashing import hash_data
from lti_tool.credentials.data_integrity.suites import holds, signature_of
from lti_tool.credentials.keys_text import from_multibase, to_multibase
from lti_tool.credentials.linked_data import Canonicalizer
from lti_tool.credentials.open_badges_3 import schema_problem
from lti_tool.credentials.open_badges_3.checks import meaning_problem
from lti_tool.credentials.signatures import sign_p256
from lti_tool.credentials.status_list import LIST_SIZE, decode, encode
from lti_tool.credentials.timestamps import from_text

VECTORS = Path(__file__).parents[2] / "recordings" / "vectors"
# The key pairs that the specifications publish for their vectors.
ED25519 = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6")
)
P256 = derive_private_key(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, SECP256R1())
_ID = "<urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33>"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_VC = "https://www.w3.org/2018/credentials#"
# The credential of both specifications, canonical. Its second context, of examples, is none that a badge may name.
ALUMNI = f"""<did:example:abcdefgh> <https://www.w3.org/ns/credentials/examples#alumniOf> "The School of Examples" .
{_ID} {_TYPE} <{_VC}VerifiableCredential> .
{_ID} {_TYPE} <https://www.w3.org/ns/credentials/examples#AlumniCredential> .
{_ID} <https://schema.org/description> "A minimum viable example of an Alumni Credential." .
{_ID} <https://schema.org/name> "Alumni Credential" .
{_ID} <{_VC}credentialSubject> <did:example:abcdefgh> .
{_ID} <{_VC}issuer> <https://vc.example/issuers/5678> .
{_ID} <{_VC}validFrom> "2023-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
"""
_ALUMNI_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
_SUITES: list[Any] = [
    (
        "eddsa-rdfc-2022",
        ED25519,
        "https://vc.example/issuers/5678",
        "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb",
        "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9",
    ),
    (
        "ecdsa-rdfc-2019",
        P256,
        "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
        "3a8a522f689025727fb9d1f0fa99a618da023e8494ac74f51015d009d35abc2e",
        "zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
    ),
]


@pytest.mark.parametrize(("suite", "key", "controller", "options_hash", "proof_value"), _SUITES)
def test_the_vectors_of_the_cryptosuites(
    suite: str, key: Any, controller: str, options_hash: str, proof_value: str
) -> None:
    """Of vc-di-eddsa and vc-di-ecdsa: hashes of options and document, and the signature itself, bit by bit."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"{controller}#{to_multibase(key.public_key())}",
        "proofPurpose": "assertionMethod",
    }
    canonicalizer = Canonicalizer()

    def canonical(document: dict[str, Any]) -> str:
        return ALUMNI if "credentialSubject" in document else canonicalizer.canonical_nquads(document)

    document = {"@context": [CREDENTIALS_V2], "credentialSubject": {}}
    for _ in range(2):  # by the plain path, then by the template
        data = hash_data(document, proof, canonical)
        assert data.hex() == options_hash + _ALUMNI_HASH
    assert "z" + base58.b58encode(signature_of(key, data)).decode() == proof_value
    assert holds(suite, from_multibase(to_multibase(key.public_key())), base58.b58decode(proof_value[1:]), data)
    assert not holds(suite, key.public_key(), base58.b58decode(proof_value[1:]), data[::-1])


def test_the_nonce_of_ecdsa_is_that_of_rfc_6979() -> None:
    """A.2.5, SHA-256, "sample"."""
    assert sign_p256(P256, b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


def test_the_list_of_the_status_list_specification() -> None:
    """Bitstring Status List v1.0, its example of a list: 131,072 entries, none set."""
    published = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
    assert decode(published) == bytes(LIST_SIZE // 8) == decode(encode(()))


@pytest.mark.parametrize(("suite", "key"), [("eddsa-rdfc-2022", ED25519), ("ecdsa-rdfc-2019", P256)])
def test_a_complete_badge_that_another_implementation_signed(suite: str, key: Any) -> None:
    """Ed25519 has one signature, and ours is it; of ECDSA's many the other's holds, and ours is made over the same."""
    signed = json.loads((VECTORS / f"open-badge-{suite}.json").read_text(encoding="utf-8"))
    proof, public = embedded_proof(signed), key.public_key()
    assert signature_holds(signed, proof, public)
    assert not signature_holds({**signed, "name": "Rockets"}, proof, public)
    unsigned = {term: value for term, value in signed.items() if term != "proof"}
    assert (schema_problem(unsigned), meaning_problem(unsigned)) == (None, None)
    ours = DataIntegritySigner().sign(
        unsigned, created=from_text(proof["created"]), verification_method=proof["verificationMethod"], private_key=key
    )
    assert signature_holds(ours, embedded_proof(ours), public)
    if suite == "eddsa-rdfc-2022":
        assert ours["proof"][0] == proof
