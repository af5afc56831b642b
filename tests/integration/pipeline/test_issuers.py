"""Several issuers in one house: who issues what, and that each kind's badges hold for us and for others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lti_tool.bootstrap.signing import LocalResolver
from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from lti_tool.credentials.contexts.loader import context_document
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.issuer import ECDSA, EDDSA, Issuer, IssuerForm, IssuerKind, Scope
from lti_tool.usecases.manage_issuers import ManageIssuers
from tests.factories.beginnings import furnished
from tests.factories.house import BASE_URL, REGISTRATION, TestHouse, draw_any, make_house
from tests.peers_support import ask_node
from tests.services.databases import SqliteDatabases

CONTEXTS = (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, DID_V1, MULTIKEY_V1)
KINDS = ((IssuerKind.HTTPS, EDDSA), (IssuerKind.DID_KEY, EDDSA), (IssuerKind.DID_KEY, ECDSA))


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


@pytest.fixture
def small_lab(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[TestHouse]:
    url = sqlite_databases.copy_of(furnished)
    made = make_house(url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()
    sqlite_databases.drop(url)


def earn(lab: TestHouse, subject: str) -> str:
    """Somebody earns the badge; gives the award's id."""
    lab.hear(lab.score(subject, 91.0), lab.module(subject))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        (award,) = unit.awards.of_person(lab.course.id, lab.people[subject].id)
    return award.id


def document(lab: TestHouse, award_id: str) -> dict[str, Any]:
    with lab.house.transactions(write=False) as unit:
        held = unit.credentials.get(award_id)
    assert held is not None
    assert held.document is not None
    found: dict[str, Any] = json.loads(held.document)
    return found


def arts(lab: TestHouse, kind: IssuerKind = IssuerKind.DID_WEB) -> Issuer:
    form = IssuerForm("Faculty of Arts", "https://arts.example.edu", "arts@example.edu", "Teaches arts.", "#1A5FB4")
    return lab.house.issuers.add("arts", kind, form, draw_any())


def test_the_narrowest_choice_issues_and_badges_keep_their_issuer(lab: TestHouse) -> None:
    issuers = lab.house.issuers
    badge, own = lab.publish(), issuers.default()
    first = earn(lab, "ana")
    faculty = arts(lab)
    seminar = issuers.add("seminar", IssuerKind.DID_WEB, IssuerForm("Seminar", parent_slug="arts"))
    assert document(lab, first)["issuer"]["id"] == own.id

    issuers.choose(Scope.PLATFORM, REGISTRATION, "arts")
    second = earn(lab, "ben")
    said = document(lab, second)["issuer"]
    assert (said["id"], said["name"], said["url"]) == (faculty.id, "Faculty of Arts", "https://arts.example.edu")
    assert (said["email"], said["description"]) == ("arts@example.edu", "Teaches arts.")
    assert said["image"]["id"] == f"{BASE_URL}/images/{faculty.image_id}.png"

    issuers.choose(Scope.BADGE, badge.id, "default")
    issuers.choose(Scope.COURSE, lab.course.id, "seminar")
    assert document(lab, earn(lab, "cleo"))["issuer"]["id"] == own.id
    issuers.choose(Scope.BADGE, badge.id, "")
    # To a wallet, and once more: who issued it is fixed.
    bound = lab.house.issue(second, "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
    assert bound.unsigned["issuer"]["id"] == faculty.id
    assert bound.unsigned["credentialStatus"] == document(lab, second)["credentialStatus"]
    lists = {document(lab, one)["credentialStatus"]["statusListCredential"] for one in (first, second)}
    assert {one.split("/")[4] for one in lists} == {"default", "arts"}
    for award_id in (first, second):
        report = lab.house.verifier.verify(json.dumps(document(lab, award_id)))
        assert report.valid, report.checks

    with lab.house.transactions(write=False) as unit:
        parent = lab.house.claims.profile(unit, seminar).parent
    assert parent is not None
    assert parent.id == faculty.id


@pytest.mark.peer("node")
def test_each_kind_of_issuer_is_believed_by_us_and_by_digitalbazaar(small_lab: TestHouse) -> None:
    """npm @digitalbazaar/vc looks up the key's document and the issuer's own; both of us refuse an altered badge."""
    lab = small_lab
    lab.clock.at = datetime.now(UTC)  # the peer looks at the clock itself
    resolver = LocalResolver(lab.house.transactions, lab.house.key_ring, BASE_URL)
    lab.publish()
    for (kind, proof), subject in zip(KINDS, lab.people, strict=True):
        slug = f"by-{proof[:5]}-{kind.name.lower().replace('_', '-')}"
        lab.house.issuers.add(slug, kind, IssuerForm("Faculty of Arts", proof=proof))
        lab.house.issuers.choose(Scope.TENANT, "default", slug)
        credential = lab.house.issue(earn(lab, subject))
        assert bool(credential.jwt) is (kind is not IssuerKind.DID_KEY or proof == ECDSA)
        for form in filter(None, (credential.document, credential.jwt)):
            report = lab.house.verifier.verify(form)
            assert report.valid, (kind, report.checks)
        signed = json.loads(credential.document or "")
        entry = signed["credentialStatus"]["statusListCredential"]
        documents = {one: context_document(one) for one in CONTEXTS}
        documents |= {entry: resolver.status_list(entry)} | published(lab, resolver, signed)
        answer = ask_node("verify_credential.mjs", {"credential": signed, "documents": documents})
        assert answer["errors"] == answer["statusErrors"] == [], kind
        assert answer["verified"]
        assert [one["set"] for one in answer["status"]] == [False]

        stolen = signed | {"issuer": signed["issuer"] | {"id": lab.house.issuers.get("default").id}}
        assert lab.house.verifier.verify(json.dumps(stolen)).failed
        altered = {"credential": signed | {"name": "Another badge"}, "documents": documents}
        assert lab.house.verifier.verify(json.dumps(altered["credential"])).failed
        if kind is IssuerKind.HTTPS:  # whose keys no other test has looked up
            assert not ask_node("verify_credential.mjs", altered)["verified"]


def published(lab: TestHouse, resolver: LocalResolver, signed: dict[str, Any]) -> dict[str, Any]:
    """What the issuer serves of itself, by address."""
    issuer_id, method = signed["issuer"]["id"], signed["proof"][0]["verificationMethod"]
    if issuer_id.startswith("did:web:"):
        return {issuer_id: resolver.did_document(issuer_id)}
    if issuer_id.startswith("https:"):
        return {issuer_id: resolver.key_document(issuer_id), method: resolver.key_document(method)}
    # A did:key has no document that anybody serves: readers make it from the name (did:key, section 3.1).
    key = {"id": method, "type": "Multikey", "controller": issuer_id, "publicKeyMultibase": issuer_id[8:]}
    listed = {"verificationMethod": [key], "assertionMethod": [method]}
    return {issuer_id: {"@context": [DID_V1, MULTIKEY_V1], "id": issuer_id, **listed}}


def refused(code: str, do: Any, *values: Any) -> None:
    with pytest.raises(BadgeToolError) as caught:
        do(*values)
    assert caught.value.code == code


def test_nothing_is_chosen_or_seen_of_another_tenant(lab: TestHouse) -> None:
    arts(lab)
    house = lab.house
    stranger = ManageIssuers(house.transactions, house.clock, "physics", house.key_ring.new_identity)
    assert stranger.all() == []
    refused("issuer.unknown", stranger.get, "arts")
    refused("issuer.exists", stranger.add, "arts", IssuerKind.DID_WEB, IssuerForm("Physics"))
    stranger.add("physics", IssuerKind.DID_WEB, IssuerForm("Physics"))
    refused("authz.tenant", stranger.choose, Scope.COURSE, lab.course.id, "physics")
    refused("authz.tenant", stranger.choose, Scope.PLATFORM, REGISTRATION, "physics")
    refused("authz.tenant", stranger.choose, Scope.TENANT, "default", "physics")
    refused("issuer.unknown", house.issuers.choose, Scope.COURSE, lab.course.id, "physics")
    with house.transactions() as unit:  # even where it stands in the database
        unit.issuers.choose(Scope.COURSE, lab.course.id, "physics")
        unit.commit()
    lab.publish()
    assert document(lab, earn(lab, "ana"))["issuer"]["id"] == house.issuers.default().id


def test_an_issuer_can_be_described_only_so(small_lab: TestHouse) -> None:
    lab = small_lab
    add, edit = lab.house.issuers.add, lab.house.issuers.edit
    for slug in ("", "Arts", "a b", "-a", "a/b", "..", "x" * 65):
        refused("issuer.slug_invalid", add, slug, IssuerKind.DID_WEB, IssuerForm("Arts"))
    arts(lab)
    for form, code in (
        (IssuerForm(" "), "issuer.name_invalid"),
        (IssuerForm("A\x00"), "issuer.name_invalid"),
        (IssuerForm("A", url="javascript:alert(1)"), "issuer.url_invalid"),
        (IssuerForm("A", email="nobody"), "issuer.email_invalid"),
        (IssuerForm("A", colour="red;} body{display:none"), "issuer.colour_invalid"),
        (IssuerForm("A", description="x" * 1001), "issuer.description_invalid"),
        (IssuerForm("A", parent_slug="arts"), "issuer.parent_invalid"),
        (IssuerForm("A", parent_slug="nobody"), "issuer.unknown"),
    ):
        refused(code, edit, "arts", form)
    edit("default", IssuerForm("Example University"))
    edit("arts", IssuerForm("Arts", parent_slug="default"))
    refused("issuer.parent_invalid", edit, "default", IssuerForm("Example University", parent_slug="arts"))
    lab.house.prepare()  # a start of the tool leaves alone what an administrator said
    assert lab.house.issuers.get("default").name == "Example University"
