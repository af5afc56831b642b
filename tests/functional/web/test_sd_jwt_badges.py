"""A badge as SD-JWT, read with nothing but what the site serves."""

from __future__ import annotations

import json
import zlib
from typing import Any

import jwt

from lti_tool.bootstrap.site import create_site
from lti_tool.credentials.keys_text import b64url_decode
from lti_tool.credentials.sd_jwt import parse_sd_jwt
from lti_tool.domain.identity import Actor
from lti_tool.usecases.decide_award import RevokeAward
from tests.functional.web.conftest import Site


def status_of(claims: dict[str, Any], keys: dict[str, Any], fetch: Any) -> int:
    """Token Status List, section 8.3: what a reader of SD-JWTs makes of the list."""
    named = claims["status"]["status_list"]
    token = fetch(named["uri"]).text
    key = keys[jwt.get_unverified_header(token)["kid"]]
    listed = jwt.decode(token, key, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False})
    assert listed["sub"] == named["uri"]
    packed = zlib.decompress(b64url_decode(listed["status_list"]["lst"]))
    return packed[named["idx"] // 8] >> named["idx"] % 8 & 1


def test_its_keys_type_and_status_are_found_where_it_says(site: Site) -> None:
    award, base = site.earn("ana"), site.services.base_url
    ana = site.open_session()
    answer = ana.post(f"/my/{award}/file/sd-jwt")
    assert answer.content_type == "application/dc+sd-jwt"
    assert ana.post(f"/my/{award}/file/sd-jwt").data == answer.data
    assert "SD-JWT" in ana.get(f"/my/{award}").text
    parsed = parse_sd_jwt(answer.text)
    strangers = create_site(site.course.house).test_client()

    def fetch(url: str) -> Any:
        got = strangers.get(url.removeprefix(base))
        assert (got.status_code, got.headers["Access-Control-Allow-Origin"]) == (200, "*"), url
        return got

    issuer = parsed.claims["iss"]
    metadata = fetch(issuer.replace("/issuers/", "/.well-known/jwt-vc-issuer/issuers/")).json
    assert metadata["issuer"] == issuer
    assert fetch(f"{issuer}/jwks.json").json == metadata["jwks"]
    keys = {jwk["kid"]: jwt.PyJWK(jwk).key for jwk in metadata["jwks"]["keys"]}
    jwt.decode(
        parsed.signed, keys[parsed.kid], algorithms=["ES256"], options={"verify_nbf": False, "verify_iat": False}
    )
    assert fetch(parsed.claims["vct"]).json["vct"] == parsed.claims["vct"]
    document = json.loads(ana.post(f"/my/{award}/file/json").data)
    assert parsed.claims["sub"] == document["credentialSubject"]["id"]
    report = site.course.house.verifier.verify(answer.text)
    assert report.valid, report.checks
    assert status_of(parsed.claims, keys, fetch) == 0
    RevokeAward(site.course.house.transactions, site.course.clock)(
        site.course.course.id, award, Actor("person", "t", "Terry Teacher"), "copied"
    )
    site.course.work()
    assert status_of(parsed.claims, keys, fetch) == 1
    elsewhere = parsed.claims["status"]["status_list"]["uri"].replace(base, "") + "x"
    assert strangers.get(elsewhere).status_code == 404
    assert strangers.get("/.well-known/jwt-vc-issuer/issuers/nobody").status_code == 404
