"""The page to keep checks its badge in a browser with the network cut, and notices every change."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm
from playwright.sync_api import expect

from lti_tool.domain.identity import Actor
from lti_tool.domain.issuer import IssuerForm, IssuerKind, Scope
from tests.functional.web.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[Callable[[bytes], Page]]:
    """Opens the file from the disk; any request but that one is a failure."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_offline(True)
    asked: list[str] = []

    def open_it(content: bytes) -> Page:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.html"
        path.write_bytes(content)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_it
    context.close()
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []


def kept(site: Site, award: str) -> bytes:
    got = site.open_session().post(f"/my/{award}/file/html")
    assert got.status_code == 200
    assert got.headers["Content-Disposition"] == "attachment; filename=lab-safety-badge.html"
    return got.data


def with_other_claims(content: bytes, change: Callable[[dict[str, object]], None]) -> bytes:
    """The same file with another payload under the old signature."""
    head, _, rest = content.partition(b'id="badge">')
    data, _, tail = rest.partition(b"</script>")
    known = json.loads(data)
    header, payload, signature = known["jwt"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    change(claims)
    altered = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    known["jwt"] = f"{header}.{altered}.{signature}"
    return head + b'id="badge">' + json.dumps(known).encode() + b"</script>" + tail


def rename(claims: dict[str, object]) -> None:
    claims["credentialSubject"]["achievement"]["name"] = "Rocket science"  # type: ignore[index]


def test_a_genuine_badge(site: Site, open_file: Callable[[bytes], Page]) -> None:
    page = open_file(kept(site, site.earn("ana")))
    expect(page.locator("h1")).to_have_text("Genuine, and valid as far as can be told offline")
    expect(page.locator("#verdict p")).to_have_text("It had not been withdrawn on September 1, 2026.")
    expect(page.locator("[data-fact=name]")).to_have_text("Lab safety")
    expect(page.locator("[data-fact=criteria]")).to_contain_text("Score at least 80 % in Quiz 1")
    assert page.locator("#checks strong").all_inner_texts() == [
        "Passed: The issuer signed it",
        "Passed: It is unchanged since it was signed",
        "Passed: Badge and signature name the same issuer",
        "Passed: It is valid today",
        "Not checked: It was not withdrawn",
    ]


def test_a_withdrawn_badge(site: Site, open_file: Callable[[bytes], Page]) -> None:
    """Its learner takes nothing along of it; who has the link of its public page does, and the file says so."""
    award = site.earn("ana")
    link = site.public_link(award)
    site.services.revoke(site.course.course.id, award, Actor("person", "t", "Ines"), "Copied.")
    site.course.work()
    refused = site.open_session().post(f"/my/{award}/file/html")
    assert refused.status_code == 409
    got = site.app.test_client().get(f"{link}.html")
    assert got.headers["Content-Disposition"] == "attachment; filename=lab-safety-badge.html"
    page = open_file(got.data)
    expect(page.locator("h1")).to_have_text("Withdrawn")
    expect(page.locator("#verdict p")).to_have_text("The issuer had withdrawn it by September 1, 2026.")
    assert page.locator("#checks strong").last.inner_text() == "Failed: It was not withdrawn"
    # What was not withdrawn when the file was made is told apart from what was changed.
    page = open_file(with_other_claims(got.data, rename))
    expect(page.locator("h1")).to_have_text("Changed or forged")


def test_a_changed_badge_and_one_with_markup(site: Site, open_file: Callable[[bytes], Page]) -> None:
    genuine = kept(site, site.earn("ana"))
    page = open_file(with_other_claims(genuine, rename))
    expect(page.locator("h1")).to_have_text("Changed or forged")
    expect(page.locator("[data-fact=name]")).not_to_have_text("Rocket science")
    page = open_file(with_other_claims(genuine, lambda claims: claims.update(iss="did:web:thief.example")))
    expect(page.locator("h1")).to_have_text("Changed or forged")
    page = open_file(genuine.replace(b'"kid": "https://', b'"kid": "https://other.', 1))
    expect(page.locator("h1")).to_have_text("Changed or forged")


def es256_form(content: bytes) -> bytes:
    """The same file of an issuer that signs with ES256."""
    private = generate_private_key(SECP256R1())
    head, _, rest = content.partition(b'id="badge">')
    data, _, tail = rest.partition(b"</script>")
    known = json.loads(data)
    kid = known["keys"][0]["kid"]
    claims = jwt.decode(known["jwt"], options={"verify_signature": False})
    public = json.loads(ECAlgorithm.to_jwk(private.public_key()))
    known["jwt"] = jwt.encode(claims, private, "ES256", headers={"kid": kid})
    known["keys"] = [{**public, "alg": "ES256", "kid": kid, "controller": known["issuer"]}]
    return head + b'id="badge">' + json.dumps(known).encode() + b"</script>" + tail


def test_a_badge_signed_with_es256(site: Site, open_file: Callable[[bytes], Page]) -> None:
    content = es256_form(kept(site, site.earn("ana")))
    page = open_file(content)
    expect(page.locator("h1")).to_have_text("Genuine, and valid as far as can be told offline")
    page = open_file(with_other_claims(content, rename))
    expect(page.locator("h1")).to_have_text("Changed or forged")


def test_a_badge_of_an_issuer_that_is_an_ed25519_key(site: Site, open_file: Callable[[bytes], Page]) -> None:
    """It has no JWT to give out, and the file checks it all the same."""
    issuers = site.course.house.issuers
    issuers.add("guild", IssuerKind.DID_KEY, IssuerForm("Guild"))
    issuers.choose(Scope.TENANT, "default", "guild")
    award = site.earn("ana")
    assert "A page that checks it offline" in site.open_session().get(f"/my/{award}").text
    content = kept(site, award)
    assert site.app.test_client().get(f"{site.public_link(award)}.html").data == content
    page = open_file(content)
    expect(page.locator("h1")).to_have_text("Genuine, and valid as far as can be told offline")
    expect(page.locator("[data-fact=issuer]")).to_contain_text("Guild, did:key:z6Mk")
    page = open_file(with_other_claims(content, rename))
    expect(page.locator("h1")).to_have_text("Changed or forged")
    # As in a browser from before there was Ed25519.
    page = open_file(content.replace(b'name: "Ed25519"', b'name: "Ed25518"'))
    expect(page.locator("h1")).to_have_text("This browser cannot check it")
    assert page.locator("#checks strong").all_inner_texts() == ["Not checked: The issuer signed it"]
    expect(page.locator("[data-fact=name]")).to_have_text("")
