"""Open Badges 2.0: genuine is what the issuer's own server says as well."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lti_tool.credentials.json_text import dump
from lti_tool.credentials.verification import verify
from lti_tool.domain.credential import CheckName, CheckOutcome, VerificationReport
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import NOW, LocalResolver

SITE = "https://old.example"
CONTEXT = "https://w3id.org/openbadges/v2"


def documents(**changes: Any) -> dict[str, dict[str, Any]]:
    """What the issuer's server has, by address."""
    assertion = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": f"{SITE}/assertions/1",
        "recipient": {"type": "email", "hashed": True, "salt": "abc", "identity": "sha256$" + "0" * 64},
        "badge": f"{SITE}/badges/orbits",
        "issuedOn": "2026-01-05T10:00:00+00:00",
        "verification": {"type": "hosted"},
        **changes,
    }
    badge = {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": f"{SITE}/badges/orbits",
        "name": "Orbits",
        "description": "Knows Kepler's laws.",
        "criteria": {"narrative": "Pass the quiz."},
        "issuer": f"{SITE}/issuer",
        "alignment": [{"targetName": "Astronomy", "targetUrl": "https://skills.example/1"}],
    }
    issuer = {"@context": CONTEXT, "type": "Issuer", "id": f"{SITE}/issuer", "name": "Old Observatory"}
    return {document["id"]: document for document in (assertion, badge, issuer)}


def check(carried: str | bytes, hosted: dict[str, dict[str, Any]], days: int = 0) -> VerificationReport:
    return verify(carried, LocalResolver(hosted=hosted), now=NOW + timedelta(days=days))


def problem(report: VerificationReport) -> dict[str, str]:
    return {str(c.name): c.code for c in report.checks if c.outcome is not CheckOutcome.PASSED}


def the_assertion(hosted: dict[str, dict[str, Any]]) -> str:
    return dump(hosted[f"{SITE}/assertions/1"])


def png_with(text: str) -> bytes:
    output, info = io.BytesIO(), PngInfo()
    info.add_itxt("openbadges", text)
    Image.new("L", (2, 2)).save(output, "PNG", pnginfo=info)
    return output.getvalue()


def test_a_hosted_badge_in_every_form() -> None:
    hosted = documents()
    address = f"{SITE}/assertions/1"
    element = f'<ob:assertion xmlns:ob="http://openbadges.org" verify="{address}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{element}</svg>'
    for carried in (the_assertion(hosted), png_with(address), png_with(the_assertion(hosted)), svg.encode()):
        report = check(carried, hosted)
        assert report.valid, problem(report)
        assert report.facts is not None
        assert (report.facts.issuer_name, report.facts.achievement_name) == ("Old Observatory", "Orbits")
        assert report.facts.skills == ("Astronomy",)
        assert report.facts.identities[0].salt == "abc"


def test_another_badge_than_the_issuer_shows() -> None:
    hosted = documents()
    changed = documents(issuedOn="2020-01-05T10:00:00+00:00")
    assert problem(check(the_assertion(changed), hosted)) == {"signature": "hosted.differs"}


@pytest.mark.parametrize("told", [{"revoked": True, "revocationReason": "Copied."}, "gone"])
def test_a_withdrawn_badge(told: Any) -> None:
    hosted = documents()
    carried = the_assertion(hosted)

    class Gone(LocalResolver):
        def hosted_document(self, url: str) -> dict[str, Any]:
            raise BadgeToolError("lookup.gone", "old.example says that this was withdrawn.", status=410)

    if told == "gone":
        report = verify(carried, Gone(), now=NOW)
    else:
        hosted[f"{SITE}/assertions/1"] = {"@context": CONTEXT, "id": f"{SITE}/assertions/1", **told}
        report = check(carried, hosted)
    assert report.check(CheckName.STATUS).code == "status.revoked"
    assert report.failed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires": "2026-03-01T00:00:00Z"}, {"dates": "dates.expired"}),
        ({"expires": "soon"}, {"dates": "credential.time_invalid"}),
        ({"id": "https://thief.example/1"}, {"signature": "lookup", "issuer_key": "issuer_key.not_reached"}),
        ({"verification": {"type": "signed"}}, {"signature": "hosted.not_hosted", "status": "hosted.not_hosted"}),
        ({"badge": {"name": "Orbits"}}, {"signature": "hosted.malformed", "status": "hosted.malformed"}),
    ],
)
def test_what_does_not_hold(changes: dict[str, Any], code: dict[str, str]) -> None:
    hosted = documents(**changes)
    carried = next(dump(d) for d in hosted.values() if d["type"] == "Assertion")
    hosted.pop("https://thief.example/1", None)
    found = problem(check(carried, hosted))
    for name, expected in code.items():
        assert expected in found[name] or found[name] == "resolver.unreachable"
    assert not check(carried, hosted).valid


def test_a_badge_on_another_site_than_its_issuer() -> None:
    hosted = documents()
    hosted[f"{SITE}/badges/orbits"]["issuer"] = "https://famous.example/issuer"
    hosted["https://famous.example/issuer"] = {**hosted[f"{SITE}/issuer"], "id": "https://famous.example/issuer"}
    assert problem(check(the_assertion(hosted), hosted)) == {"issuer_key": "hosted.foreign"}
    # Unless the issuer's own profile names that host (Open Badges 2.0, VerificationObject).
    hosted["https://famous.example/issuer"]["verification"] = {"allowedOrigins": ["old.example"]}
    assert check(the_assertion(hosted), hosted).valid
