"""The token endpoint: rows WV01 to WV17."""

from __future__ import annotations

import json

import pytest
from werkzeug.datastructures import MultiDict

from tests.factories.wallet import GRANT, JWT, LDP, OTHER_SLUG, SLUG


def test_a_code_gives_a_token(client) -> None:
    response = client.token(client.got_code(client.offer()))
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json["token_type"] == "Bearer"
    assert 0 < response.json["expires_in"] <= 300
    assert response.json["access_token"] not in repr(client.stored())


@pytest.mark.parametrize("grant_type", [None, "", "authorization_code", GRANT.upper()])
def test_wv01_grant_type(client, grant_type: str | None) -> None:
    code = client.got_code(client.offer())
    form = {"pre-authorized_code": code} | ({} if grant_type is None else {"grant_type": grant_type})
    with client.nothing_happens():
        client.refused(client.http.post(f"/issuers/{SLUG}/token", data=form), 400, "unsupported_grant_type")


@pytest.mark.parametrize("form", [{}, {"pre-authorized_code": ""}, {"pre_authorized_code": "x"}])
def test_wv02_code_missing(client, form: dict[str, str]) -> None:
    response = client.http.post(f"/issuers/{SLUG}/token", data={"grant_type": GRANT} | form)
    client.refused(response, 400, "invalid_request")


def test_wv02_a_code_in_the_address_is_not_read(client) -> None:
    code = client.got_code(client.offer())
    with client.nothing_happens():
        response = client.http.post(f"/issuers/{SLUG}/token?pre-authorized_code={code}", data={"grant_type": GRANT})
        client.refused(response, 400, "invalid_request")


def test_wv02_a_json_body_is_not_a_form(client) -> None:
    code = client.got_code(client.offer())
    response = client.http.post(f"/issuers/{SLUG}/token", json={"grant_type": GRANT, "pre-authorized_code": code})
    client.refused(response, 400, "invalid_request")


@pytest.mark.parametrize("code", ["x", "é\x00", "a" * 10_000])
def test_wv03_code_unknown(client, code: str) -> None:
    client.offer()
    with client.nothing_happens():
        client.refused(client.token(code), 400, "invalid_grant")


def test_wv04_code_expired(client) -> None:
    code = client.got_code(client.offer())
    client.world.clock.advance(minutes=10)
    with client.nothing_happens():
        client.refused(client.token(code), 400, "invalid_grant")


def test_wv05_code_used_already(client) -> None:
    code = client.got_code(client.offer())
    assert client.token(code).status_code == 200
    with client.nothing_happens():
        client.refused(client.token(code), 400, "invalid_grant")


def test_wv07_code_of_another_tenants_issuer(client) -> None:
    code = client.got_code(client.offer())
    with client.nothing_happens():
        client.refused(client.token(code, slug=OTHER_SLUG), 400, "invalid_grant")
    assert client.token(code).status_code == 200


@pytest.mark.parametrize("change", [lambda c: c[:-1], str.swapcase, lambda c: c + "=", lambda c: " " + c])
def test_wv08_a_changed_code_is_unknown(client, change) -> None:
    code = client.got_code(client.offer())
    with client.nothing_happens():
        client.refused(client.token(change(code)), 400, "invalid_grant")


def test_wv08_every_refused_code_reads_the_same(client) -> None:
    used, late = client.got_code(client.offer()), client.got_code(client.offer())
    client.token(used)
    client.world.clock.advance(minutes=10)
    assert len({client.token(code).get_data() for code in (used, late, "unknown")}) == 1


def test_wv09_tx_code_absent(client) -> None:
    code = client.got_code(client.offer(with_tx_code=True))
    with client.nothing_happens():
        client.refused(client.token(code), 400, "invalid_request")


def test_wv10_tx_code_given_and_none_expected(client) -> None:
    code = client.got_code(client.offer())
    with client.nothing_happens():
        client.refused(client.token(code, tx_code="123456"), 400, "invalid_request")


def _wrong(tx_code: str) -> str:
    return f"{(int(tx_code) + 1) % 1_000_000:06d}"


def test_wv11_tx_code_wrong_then_right(client) -> None:
    offer = client.offer(with_tx_code=True)
    code = client.got_code(offer)
    with client.nothing_happens():
        client.refused(client.token(code, tx_code=_wrong(offer.tx_code)), 400, "invalid_grant")
    assert client.token(code, tx_code=offer.tx_code).status_code == 200


def test_wv12_the_fifth_guess_may_be_right_the_sixth_may_not(client) -> None:
    for wrong, status in ((4, 200), (5, 400)):
        offer = client.offer(with_tx_code=True)
        code = client.got_code(offer)
        for _ in range(wrong):
            client.refused(client.token(code, tx_code=_wrong(offer.tx_code)), 400, "invalid_grant")
        response = client.token(code, tx_code=offer.tx_code)
        assert response.status_code == status
        assert response.json.get("error") == (None if status == 200 else "invalid_grant")


@pytest.mark.parametrize("spelling", ["arabic", "spaces", "list", "zeros"])
def test_wv14_tx_code_in_another_spelling(client, spelling: str) -> None:
    offer = client.offer(with_tx_code=True)
    digits = offer.tx_code
    given = {
        "arabic": "".join(chr(0x660 + int(digit)) for digit in digits),
        "spaces": f" {digits[:3]} {digits[3:]}",
        "list": json.dumps([digits]),
        "zeros": f"0{digits}",
    }[spelling]
    with client.nothing_happens():
        client.refused(client.token(client.got_code(offer), tx_code=given), 400, "invalid_grant")


@pytest.mark.parametrize("name", ["grant_type", "pre-authorized_code", "state"])
def test_wv15_repeated_parameters(client, name: str) -> None:
    code = client.got_code(client.offer())
    form = MultiDict({"grant_type": GRANT, "pre-authorized_code": code, "state": "x"})
    form.add(name, form[name])
    with client.nothing_happens():
        client.refused(client.http.post(f"/issuers/{SLUG}/token", data=form), 400, "invalid_request")


@pytest.mark.parametrize(
    "details",
    [
        '[{"type": "openid_credential", "credential_configuration_id": "Diploma"}]',
        '[{"type": "payment", "credential_configuration_id": "OpenBadgeCredential_jwt"}]',
        '[{"type": "openid_credential", "credential_configuration_id": ["OpenBadgeCredential_jwt"]}]',
        '[{"type": "openid_credential"}]',
        '{"type": "openid_credential"}',
        "[]", "[1]", "7", "null", "not json", "[" * 15_000,
    ],
)  # fmt: skip
def test_wv16_authorization_details_for_what_is_not_offered(client, details: str) -> None:
    code = client.got_code(client.offer())
    with client.nothing_happens():
        client.refused(client.token(code, authorization_details=details), 400, "invalid_request")


def test_wv16_authorization_details_for_what_is_offered(client) -> None:
    asked = [{"type": "openid_credential", "credential_configuration_id": id_} for id_ in (LDP, JWT)]
    response = client.token(client.got_code(client.offer()), authorization_details=json.dumps(asked))
    assert [detail["credential_identifiers"] for detail in response.json["authorization_details"]] == [
        [LDP],
        [JWT],
    ]


def test_a_wallet_that_names_itself_and_the_resource_is_served(client) -> None:
    code = client.got_code(client.offer())
    response = client.token(code, client_id="some-wallet", resource=client.world.issuer_url)
    assert response.status_code == 200


def test_a_token_for_somebody_elses_resource_is_refused(client) -> None:
    code = client.got_code(client.offer())
    with client.nothing_happens():
        client.refused(client.token(code, resource="https://other.example"), 400, "invalid_target")


def test_no_token_for_a_withdrawn_badge(client) -> None:
    code = client.got_code(client.offer())
    client.world.revoke()
    with client.nothing_happens():
        client.refused(client.token(code), 400, "invalid_grant")


def test_a_refusal_is_logged_by_its_code_and_without_the_secret(client, logged) -> None:
    offer = client.offer(with_tx_code=True)
    code = client.got_code(offer)
    client.token(code, tx_code="not-the-one")
    (line,) = logged
    assert line["event"] == "wallet.refused"
    assert line["code"] == "wallet.tx_code_wrong"
    assert code not in repr(line)
    assert "not-the-one" not in repr(line)


def test_a_body_without_end_is_not_read(client) -> None:
    response = client.token("x" * 70_000)
    client.refused(response, 413, "invalid_request")
