"""Who signed a Live Event, by which key, and for whose account."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.canvas_live_events import JWKS_URL, Stream, check_account, looks_signed, read_stream, verify
from tests.factories import canvas_events as canvas

SAID = canvas.grade_change()


def find(url: str, kid: str) -> RSAPublicKey:
    """Canvas's set: last month's key, this month's and the next."""
    assert url == JWKS_URL
    if kid not in ("previous", "current", "next"):
        raise BadgeToolError("jwt.kid_unknown", "")
    return canvas.signing_key(kid).public_key()


def refusal(body: bytes, find_key: Any = find) -> tuple[str, int]:
    with pytest.raises(BadgeToolError) as refused:
        verify(body, JWKS_URL, find_key)
    return refused.value.code, refused.value.status


def part(value: Any) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


@pytest.mark.parametrize("kid", ["previous", "current", "next"])
def test_ev06_every_key_of_the_set_counts(kid: str) -> None:
    assert json.loads(verify(canvas.signed(SAID, kid) + b"\n", JWKS_URL, find)) == SAID


def test_ev01_what_is_not_signed() -> None:
    for body in (b"", json.dumps(SAID).encode(), b'"' + canvas.signed(SAID) + b'"', b"a.b", b"a.b.c.d.e"):
        assert not looks_signed(body)
        assert refusal(body) == ("event.unsigned", 401)


def test_ev02_a_signature_over_something_else() -> None:
    head, said, signature = canvas.signed(SAID).split(b".")
    other = canvas.signed(canvas.grade_change(20)).split(b".")[1]
    for body in (
        b".".join((head, other, signature)),
        b".".join((head, said, signature[:-4])),
        head + b"." + said + b".",
    ):
        assert refusal(body) == ("event.signature_invalid", 401)
    assert refusal(canvas.signed(SAID, "previous", signer="current")) == ("event.signature_invalid", 401)


@pytest.mark.parametrize(
    "head", [b"AAAA", b"A", b"bm9wZQ", part([]), part("RS256"), b"eyJhbGciOiJSUzI1NiIsImFsZyI6Im5vbmUifQ"]
)
def test_ev02_a_head_that_is_none(head: bytes) -> None:
    assert refusal(head + b".e30.AAAA") == ("event.signature_invalid", 401)


def test_ev07_a_key_that_was_withdrawn() -> None:
    assert refusal(canvas.signed(SAID, "withdrawn")) == ("event.key_unknown", 401)


@pytest.mark.parametrize("kid", [None, "", 7, "x" * 256, "a\nb"])
def test_ev07_a_key_without_a_name(kid: Any) -> None:
    body = part({"alg": "RS256", "kid": kid}) + b"." + part(SAID) + b".AAAA"
    assert refusal(body) == ("event.key_unknown", 401)


def test_ev08_no_algorithm_and_the_public_key_as_a_secret() -> None:
    confused = canvas.signed_with_public_key(SAID)
    bare = jwt.encode(SAID, None, algorithm="none", headers={"kid": "current"}).encode()
    others = [part({"alg": alg, "kid": "current"}) + b".e30.AAAA" for alg in ("RS512", "rs256", "ES256", "", None, 1)]
    for body in (confused, bare, *others):
        assert refusal(body) == ("event.alg_forbidden", 401)


def test_a_key_that_comes_along_proves_nothing() -> None:
    own = canvas.key_set("stranger")["keys"][0]
    body = canvas.signed(SAID, "stranger", jwk=own, jku="https://evil.example/jwks")
    assert refusal(body) == ("event.key_unknown", 401)


@pytest.mark.parametrize("code", ["keys.unavailable", "keys.timeout", "keys.malformed", "keys.url_forbidden"])
def test_without_the_key_set_canvas_is_asked_to_try_again(code: str) -> None:
    def fails(url: str, kid: str) -> RSAPublicKey:
        raise BadgeToolError(code, "")

    assert refusal(canvas.signed(SAID), fails) == ("event.keys_unavailable", 503)


def test_a_key_that_was_asked_for_a_moment_ago_is_unknown() -> None:
    def limited(url: str, kid: str) -> RSAPublicKey:
        raise BadgeToolError("keys.refetch_limited", "")

    assert refusal(canvas.signed(SAID), limited) == ("event.key_unknown", 401)


CALIPER = canvas.caliper_envelope(canvas.caliper_grade())
NAMELESS = {"metadata": canvas.metadata("grade_change", root_account_lti_guid=None), "body": {}}
JOB = {"metadata": canvas.job("course_progress"), "body": {}}
SILENT = {"metadata": canvas.metadata("grade_change", root_account_lti_guid=None, hostname=None), "body": {}}
ACTOR = {"id": "urn:x", "extensions": {"com.instructure.canvas": {"root_account_lti_guid": canvas.GUID}}}


@pytest.mark.parametrize(
    ("said", "guid", "hosts", "ours"),
    [
        (SAID, canvas.GUID, (), True),
        (SAID, "other.guid", (canvas.HOST,), False),
        (SAID, "", (canvas.HOST,), True),
        (SAID, "", ("other.example",), False),
        (SAID, "", (), False),
        (NAMELESS, canvas.GUID, (canvas.HOST,), True),
        (NAMELESS, canvas.GUID, (), False),
        (JOB, canvas.GUID, (), True),
        (JOB, "", (canvas.HOST,), False),
        (SILENT, canvas.GUID, (canvas.HOST,), False),
        (CALIPER, canvas.GUID, (canvas.HOST,), True),
        (CALIPER, canvas.GUID, (), False),
        (canvas.caliper_envelope(canvas.caliper_grade(actor=ACTOR)), canvas.GUID, (), True),
        (canvas.caliper_envelope(canvas.caliper_grade(actor=ACTOR)), "other.guid", (canvas.HOST,), False),
        (canvas.caliper_envelope(canvas.caliper_grade(extensions={})), canvas.GUID, (canvas.HOST,), True),
        (
            canvas.caliper_envelope(canvas.caliper_grade(), canvas.caliper_grade(edApp={}, extensions={})),
            canvas.GUID,
            (canvas.HOST,),
            False,
        ),
        (canvas.caliper_envelope(), canvas.GUID, (canvas.HOST,), False),
        ({"data": "x"}, canvas.GUID, (canvas.HOST,), False),
        ({}, canvas.GUID, (canvas.HOST,), False),
    ],
)
def test_ev09_canvas_signs_for_all_its_customers_so_the_account_decides(
    said: Any, guid: str, hosts: tuple[str, ...], ours: bool
) -> None:
    if ours:
        check_account(said, Stream(hosts=hosts), guid)
        return
    with pytest.raises(BadgeToolError) as refused:
        check_account(said, Stream(hosts=hosts), guid)
    assert (refused.value.code, refused.value.status) == ("event.tenant_mismatch", 401)


def test_what_an_administrator_types() -> None:
    read = read_stream(True, "", "https://School.instructure.com/courses, lms.school.example:8443", False)
    assert read == Stream(True, JWKS_URL, ("school.instructure.com", "lms.school.example"), False)
    assert Stream.from_json(json.loads(json.dumps(read.to_json()))) == read
    assert read_stream(False, "https://lms.school.example/keys", "", True).jwks_url == "https://lms.school.example/keys"


@pytest.mark.parametrize(
    "url", ["keys", "ftp://x.example/k", "https://", "https://u:p@x.example/", "https://x.example/#k", "https://x y"]
)
def test_an_address_of_keys_that_is_none(url: str) -> None:
    with pytest.raises(BadgeToolError, match=r"source\.jwks_url_invalid"):
        read_stream(True, url, "", False)


@pytest.mark.parametrize(
    "hosts", ["a_b", "https://", "http://[::1", " ".join(f"h{n}.example" for n in range(21)), "-x", "ä.example"]
)
def test_hosts_that_are_none(hosts: str) -> None:
    with pytest.raises(BadgeToolError, match=r"source\.host_invalid"):
        read_stream(True, "", hosts, False)
