"""LinkedIn's form, filled in by an address."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.delivery.links import linkedin_add_to_profile

ISSUED = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)


def fields(**changes: object) -> dict[str, list[str]]:
    values = {
        "name": "Lab Safety",
        "organization": "Example University",
        "issued_at": ISSUED,
        "public_url": "https://badges.example/b/abc?x=1&y=2",
        "credential_id": "urn:uuid:1",
    }
    url = urlsplit(linkedin_add_to_profile(**(values | changes)))
    assert (url.scheme, url.hostname, url.path) == ("https", "www.linkedin.com", "/profile/add")
    return parse_qs(url.query, strict_parsing=True)


def test_every_field_under_its_name() -> None:
    assert fields() == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["Lab Safety"],
        "organizationName": ["Example University"],
        "issueYear": ["2026"],
        "issueMonth": ["1"],
        "certUrl": ["https://badges.example/b/abc?x=1&y=2"],
        "certId": ["urn:uuid:1"],
    }


def test_the_organisations_number_replaces_its_name() -> None:
    found = fields(organization_id="1337")
    assert found["organizationId"] == ["1337"]
    assert "organizationName" not in found


def test_the_end_of_validity() -> None:
    found = fields(expires_at=datetime(2028, 12, 1, tzinfo=UTC))
    assert (found["expirationYear"], found["expirationMonth"]) == (["2028"], ["12"])


@given(st.text(min_size=1, max_size=80).filter(lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text)))
def test_any_name_comes_through_whole(name: str) -> None:
    assert fields(name=name)["name"] == [name]
