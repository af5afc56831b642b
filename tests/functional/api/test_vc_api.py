"""The VC API: credentials of other systems signed and checked, for whoever has a key, and where it is switched on."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import base58
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from lti_tool.bootstrap.site import create_site
from lti_tool.cli.main import cli
from lti_tool.credentials.contexts import CREDENTIALS_V2, DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3, context_document
from lti_tool.credentials.data_integrity.hashing import hash_data
from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.db.tables.sources import api_keys
from lti_tool.domain.issuer import Issuer, IssuerForm, IssuerKind
from lti_tool.usecases.api_keys import ManageApiKeys
from lti_tool.usecases.halt_issuing import HaltIssuing
from lti_tool.usecases.manage_issuers import ManageIssuers
from tests.factories.beginnings import migrated
from tests.factories.credentials import DidKey, full_claim
from tests.factories.credentials import Issuer as Elsewhere
from tests.factories.house import TestHouse, make_house
from tests.peers_support import ask_node
from tests.services.databases import SqliteDatabases

TENANT = "default"
PROBLEM = "application/problem+json"


@dataclass
class Api:
    """The interface, and two keys: one that may have credentials signed, and one that may not."""

    course: TestHouse
    app: Flask
    issuing: str
    checking: str
    did_key: Issuer

    def post(self, path: str, body: Any, key: str | None = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.issuing if key is None else key}"} if key != "" else {}
        return self.app.test_client().post(path, json=body, headers=headers)

    def issue(self, issuer: Any = None, **changes: Any) -> TestResponse:
        named = {} if issuer is None else {"issuer": issuer}
        return self.post("/credentials/issue", {"credential": credential() | named | changes, "options": {}})


def credential() -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "id": "urn:uuid:86294362-4254-4f36-854f-3952fe42555d",
        "type": ["VerifiableCredential"],
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:alice"},
    }


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Iterator[Api]:
    url = sqlite_databases.copy_of(migrated)
    course = make_house(url, tmp_path_factory.mktemp("house"), ["ana"])
    house = replace(course.house, settings=course.house.settings.model_copy(update={"vc_api": True}))
    keys = ManageApiKeys(house.transactions, house.clock, TENANT)
    issuers = ManageIssuers(house.transactions, house.clock, TENANT, house.key_ring.new_identity)
    did_key = issuers.add("key", IssuerKind.DID_KEY, IssuerForm("Key"))
    issuing, checking = keys.add("LMS", may_issue=True).secret, keys.add("Reader", may_issue=False).secret
    yield Api(course, create_site(house), issuing, checking, did_key)
    course.house.engine.dispose()
    sqlite_databases.drop(url)


def test_off_unless_the_operator_wants_it(api: Api) -> None:
    app = create_site(api.course.house)
    assert app.test_client().post("/credentials/verify", json={}).status_code == 404


def test_whatever_has_no_key_is_refused_before_it_is_read(api: Api) -> None:
    for path in ("/credentials/issue", "/credentials/verify", "/presentations/verify"):
        for key in ("", "ltib_guessed", "Ünknown"):
            answer = api.post(path, {"nonsense": 1}, key)
            assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
            assert answer.json["title"] == "api_key.unknown"
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    refused = api.post("/credentials/issue", {"credential": credential()}, api.checking)
    assert (refused.status_code, refused.json["title"]) == (403, "api_key.may_not_issue")


def test_keys_are_kept_as_hashes_and_retired(api: Api) -> None:
    keys = ManageApiKeys(api.course.house.transactions, api.course.clock, TENANT)
    made = keys.add("Old", may_issue=True)
    with api.course.house.engine.connect() as connection:
        stored = " ".join(str(row) for row in connection.execute(select(api_keys)))
    assert made.secret not in stored
    assert made.secret not in repr(made)
    assert api.post("/credentials/verify", {}, made.secret).status_code == 400
    keys.retire(made.id)
    assert api.post("/credentials/verify", {}, made.secret).status_code == 401
    other = ManageApiKeys(api.course.house.transactions, api.course.clock, "other").add("B", may_issue=True)
    assert api.post("/credentials/verify", {}, other.secret).status_code == 401


def test_what_is_issued_is_verified_and_what_is_changed_is_not(api: Api) -> None:
    for issuer in (None, api.did_key.id, {"id": api.did_key.id, "name": "Key"}):
        answer = api.issue(issuer)
        assert answer.status_code == 201, answer.json
        signed = answer.json["verifiableCredential"]
        assert signed["issuer"] == (issuer or "did:web:badges.example.edu:issuers:default")
        asked = {"verifiableCredential": signed, "options": {"returnCredential": True}}
        good = api.post("/credentials/verify", asked, api.checking)
        assert (good.status_code, good.json) == (200, {"verified": True, "problemDetails": [], "credential": signed})
        signed["credentialSubject"]["id"] = "did:example:mallory"
        bad = api.post("/credentials/verify", {"verifiableCredential": signed})
        assert (bad.status_code, bad.json["verified"]) == (200, False)
        assert bad.json["problemDetails"][0]["type"].endswith("#CRYPTOGRAPHIC_SECURITY_ERROR")


@pytest.mark.peer("node")
def test_a_verifier_that_nobody_here_wrote_accepts_it(api: Api) -> None:
    signed = api.issue(api.did_key.id).json["verifiableCredential"]
    did, key = api.did_key.id, api.did_key.id.removeprefix("did:key:")
    method = {"id": f"{did}#{key}", "type": "Multikey", "controller": did, "publicKeyMultibase": key}
    listed = {"verificationMethod": [method], "assertionMethod": [method["id"]]}
    documents = {url: context_document(url) for url in (DID_V1, MULTIKEY_V1)}
    documents[did] = {"@context": [DID_V1, MULTIKEY_V1], "id": did, **listed}
    answer = ask_node("verify_credential.mjs", {"credential": signed, "documents": documents})
    assert (answer["errors"], answer["verified"]) == ([], True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "credential.incomplete"),
        ({"@context": [CREDENTIALS_V2, "https://evil.example/context"]}, "credential.context_unknown"),
        ({"@context": CREDENTIALS_V2}, "credential.incomplete"),
        ({"type": ["Thing"]}, "credential.incomplete"),
        ({"type": ["VerifiableCredential", "Unheard"]}, "credential.term_undefined"),
        ({"credentialSubject": []}, "credential.incomplete"),
        ({"credentialSubject": {"id": "did:example:a", "shoe": "42"}}, "credential.term_undefined"),
        ({"validFrom": "yesterday"}, "credential.incomplete"),
        ({"validUntil": "2020-01-01T00:00:00Z"}, "credential.incomplete"),
        ({"evidence": {"id": "https://a.example"}}, "credential.incomplete"),
        ({"credentialSchema": {"type": "JsonSchema"}}, "credential.incomplete"),
        ({"relatedResource": CREDENTIALS_V2}, "credential.incomplete"),
        ({"relatedResource": {"digestSRI": "sha256-x"}}, "credential.incomplete"),
        ({"relatedResource": {"id": CREDENTIALS_V2}}, "credential.incomplete"),
        ({"relatedResource": {"id": CREDENTIALS_V2, "digestSRI": "sha256-x"}}, "credential.incomplete"),
        ({"relatedResource": [{"id": "urn:x:a", "digestSRI": "sha256-x"}] * 2}, "credential.incomplete"),
        ({"issuer": "did:web:thief.example"}, "issuer.unknown"),
        ({"issuer": {"name": "nobody"}}, "issuer.unknown"),
        ({"proof": []}, "credential.proof_present"),
        ({"credentialSubject": {"id": "_:b0"}}, "credential.not_compact"),
        (
            {"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3], "type": ["VerifiableCredential", "OpenBadgeCredential"]},
            "credential.incomplete",
        ),
    ],
)
def test_what_must_not_be_signed(api: Api, change: dict[str, Any], code: str) -> None:
    answer = api.issue(**change)
    assert (answer.status_code, answer.json["title"]) == (400, code)
    assert answer.mimetype == PROBLEM
    assert {"type", "title", "status", "detail"} <= answer.json.keys()


def test_an_issuer_that_is_nobody_is_not_put_in(api: Api) -> None:
    answer = api.post("/credentials/issue", {"credential": credential() | {"issuer": None}})
    assert (answer.status_code, answer.json["title"]) == (400, "issuer.unknown")


def test_documents_that_belong_to_a_credential_are_as_it_says(api: Api) -> None:
    """The digest that the data model publishes of its context (Verifiable Credentials Data Model 2.0, B.1)."""
    digest = bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")
    forms = [
        {"digestSRI": f"sha256-{base64.b64encode(digest).decode()}"},
        {"digestMultibase": f"u{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"},
        {"digestMultibase": f"z{base58.b58encode(bytes([0x12, 32]) + digest).decode()}"},
    ]
    elsewhere = {"id": "https://a.example/b", "digestMultibase": "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"}
    for form in forms:
        signed = api.issue(relatedResource=[{"id": CREDENTIALS_V2} | form, elsewhere])
        assert signed.status_code == 201, signed.json
        checked = api.post("/credentials/verify", {"verifiableCredential": signed.json["verifiableCredential"]})
        assert checked.json["verified"] is True


def test_open_badges_of_other_systems_keep_the_strict_schema(api: Api) -> None:
    badge = Elsewhere().writer.unsigned(full_claim(api.did_key.id))
    del badge["credentialStatus"]
    signed = api.post("/credentials/issue", {"credential": badge}).json["verifiableCredential"]
    assert api.post("/credentials/verify", {"verifiableCredential": signed}).json["verified"]


def test_credentials_in_an_envelope(api: Api) -> None:
    elsewhere = Elsewhere()
    token = elsewhere.writer.sign(elsewhere.writer.unsigned(full_claim(elsewhere.did)), api.course.clock.now()).jwt
    envelope = {"@context": CREDENTIALS_V2, "type": "EnvelopedVerifiableCredential"}
    inside = envelope | {"id": f"data:application/vc+jwt,{token}"}
    answer = api.post("/credentials/verify", {"verifiableCredential": inside})
    # Its issuer's key is on a server that no test reaches: not verified, and not called malformed.
    assert (answer.status_code, answer.json["verified"]) == (200, False)
    for broken in (envelope | {"id": "data:text/html,x"}, envelope | {"id": "data:application/vc+jwt,x"}, {"a": [[]]}):
        assert api.post("/credentials/verify", {"verifiableCredential": broken}).status_code == 400


def test_nothing_is_signed_while_issuing_is_halted_and_nothing_is_kept(api: Api) -> None:
    def rows() -> list[int]:
        with api.course.house.engine.connect() as connection:
            tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
            return [connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables]

    before = rows()
    assert api.issue().status_code == 201
    assert rows() == before
    halt = HaltIssuing(api.course.house.transactions, api.course.clock, TENANT)
    halt.halt("A fault.")
    answer = api.issue()
    halt.resume()
    assert (answer.status_code, answer.json["title"]) == (503, "issuing.halted")


def presented(holder: DidKey, inside: list[Any], **proof: str) -> dict[str, Any]:
    """A presentation as a wallet with an Ed25519 did:key makes it."""
    document = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": holder.did,
        "verifiableCredential": inside,
    }
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-09-01T08:00:00Z",
        "verificationMethod": holder.method,
        "proofPurpose": "authentication",
        **proof,
    }
    signature = holder.private.sign(hash_data(document, options, canonical_nquads))  # type: ignore[call-arg]
    return document | {"proof": options | {"proofValue": "z" + base58.b58encode(signature).decode()}}


def test_presentations(api: Api) -> None:
    holder = DidKey.make("eddsa-rdfc-2022")
    signed = api.issue(api.did_key.id).json["verifiableCredential"]
    made = presented(holder, [signed], challenge="c-1", domain="shop.example")

    def ask(document: Any, **options: Any) -> Any:
        answer = api.post("/presentations/verify", {"verifiablePresentation": document, "options": options})
        assert answer.status_code == 200, answer.json
        return answer.json

    assert ask(made, challenge="c-1", domain="shop.example", returnPresentation=True) == {
        "verified": True,
        "problemDetails": [],
        "results": {"credentials": [{"verified": True, "problemDetails": []}]},
        "verifiablePresentation": made,
    }
    unsigned = {term: value for term, value in made.items() if term != "proof"}
    for title, answer in {
        "presentation.challenge_foreign": ask(made, challenge="c-2"),
        "presentation.domain_foreign": ask(made, domain="thief.example"),
        "signature.invalid": ask(made | {"id": "urn:uuid:86294362-4254-4f36-854f-3952fe42555e"}),
        "credential.proof_missing": ask(unsigned),
        "schema.broken": ask(made | {"type": "Thing"}),
    }.items():
        assert (answer["verified"], answer["problemDetails"][0]["title"]) == (False, title)
    assert not ask(made | {"holder": DidKey.make("eddsa-rdfc-2022").did})["verified"]
    forged = copy.deepcopy(signed)
    forged["credentialSubject"]["id"] = "did:example:mallory"
    answer = ask(presented(holder, [signed, forged]))
    assert [one["verified"] for one in answer["results"]["credentials"]] == [True, False]
    assert not answer["verified"]
    # Without a proof of its own only what is in it is checked.
    assert api.post("/presentations/verify", {"presentation": unsigned}).json["verified"]
    assert api.post("/presentations/verify", {"options": {}}).status_code == 400
    crowd = api.post("/presentations/verify", {"presentation": unsigned | {"verifiableCredential": [signed] * 21}})
    assert (crowd.status_code, crowd.json["title"]) == (400, "credential.too_complex")


def test_a_presentation_that_somebody_else_signed_in_the_holders_name(api: Api) -> None:
    thief, holder = DidKey.make("eddsa-rdfc-2022"), DidKey.make("eddsa-rdfc-2022")
    signed = api.issue(api.did_key.id).json["verifiableCredential"]
    made = presented(replace(thief), [signed])
    made["holder"] = holder.did
    options = {term: value for term, value in made["proof"].items() if term != "proofValue"}
    unsigned = {term: value for term, value in made.items() if term != "proof"}
    signature = thief.private.sign(hash_data(unsigned, options, canonical_nquads))  # type: ignore[call-arg]
    made["proof"] = options | {"proofValue": "z" + base58.b58encode(signature).decode()}
    answer = api.post("/presentations/verify", {"verifiablePresentation": made}).json
    assert (answer["verified"], answer["problemDetails"][0]["title"]) == (False, "presentation.holder_foreign")


def test_requests_of_another_form_and_the_description(api: Api) -> None:
    for body in ([], {}, {"credential": []}, {"credential": "x"}):
        answer = api.post("/credentials/issue", body)
        assert (answer.status_code, answer.json["title"]) == (400, "request.malformed")
    large = api.post("/credentials/verify", {"verifiableCredential": {"a": "x" * 1_100_000}})
    assert (large.status_code, large.json["title"]) == (413, "request.too_large")
    described = api.app.test_client().get("/api/v1/openapi.json").json
    paths = ("/credentials/issue", "/credentials/verify", "/presentations/verify")
    assert all(described["paths"][path]["post"]["security"] == [{"api_key": []}] for path in paths)
    assert described["components"]["securitySchemes"]["api_key"] == {"type": "http", "scheme": "bearer"}


def test_keys_on_the_command_line(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTI_BADGES_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LTI_BADGES_KEYS_DIR", str(tmp_path / "keys"))
    run = CliRunner()
    made = json.loads(run.invoke(cli, ["api-key", "add", "LMS", "--may-issue", "--json"]).stdout)
    assert made["secret"].startswith("ltib_")
    listed = run.invoke(cli, ["api-key", "list"]).stdout
    assert (made["id"] in listed, "checks and signs" in listed, made["secret"] in listed) == (True, True, False)
    assert run.invoke(cli, ["api-key", "retire", made["id"]]).exit_code == 0
    assert "retired" in run.invoke(cli, ["api-key", "list"]).stdout
    assert run.invoke(cli, ["api-key", "retire", made["id"]]).exit_code == 1
