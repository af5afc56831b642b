"""Rows of the events catalogue about who may send, at the addresses of xAPI and Caliper, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lti_tool.usecases.source_keys import NewKey
from tests.factories.house import REGISTRATION
from tests.functional.sources.senders import OTHER, WAITING, WIRES, Senders, senders_at

row = pytest.mark.row


@pytest.fixture(params=sorted(WIRES))
def senders(request: pytest.FixtureRequest, furnished_database_url: str, tmp_path: Path) -> Iterator[Senders]:
    made = senders_at(furnished_database_url, tmp_path, request.param)
    yield made
    made.house.house.engine.dispose()


def score(senders: Senders, *args: Any, **more: Any) -> dict[str, Any]:
    return senders.wire.score(*args, **more)


@row("EV01")
def test_ev01_without_a_credential(senders: Senders) -> None:
    headers = {"X-Experience-API-Version": "1.0.3"}
    answer = senders.refused("event.unsigned", 401, lambda: senders.send(score(senders), headers=headers))
    assert answer.headers["WWW-Authenticate"] == {"xapi": "Basic", "caliper": "Bearer"}[senders.wire.source]


@row("EV02")
def test_ev02_with_a_wrong_secret(senders: Senders) -> None:
    held = senders.keys[REGISTRATION]
    for secret in ("wrong", held.secret[:-1], held.secret + "x", "ö€"):
        wrong = NewKey(held.credential_id, held.key_id, secret)
        headers = {name: text.encode().decode("latin-1") for name, text in senders.wire.headers(wrong).items()}
        senders.refused(
            "event.signature_invalid", 401, lambda headers=headers: senders.send(score(senders), headers=headers)
        )


@row("EV02")
@pytest.mark.parametrize("garbage", ["", " ", "!", "Og==", "YTo=", "OmI=", "\xff", "a", ".b", "a.", "x" * 5000])
def test_ev02_with_what_is_no_credential(senders: Senders, garbage: str) -> None:
    scheme = {"xapi": "Basic", "caliper": "Bearer"}[senders.wire.source]
    headers = {"Authorization": f"{scheme} {garbage}", "X-Experience-API-Version": "1.0.3"}
    senders.refused("event.signature_invalid", 401, lambda: senders.send(score(senders), headers=headers))


@row("EV06")
def test_ev06_two_credentials_count_while_one_follows_the_other(senders: Senders) -> None:
    new = senders.manage.add(REGISTRATION, senders.wire.source, senders.credential().settings)
    assert senders.send(score(senders)).status_code == senders.wire.statuses[0]
    assert senders.send(score(senders, "ben"), key=new).status_code == senders.wire.statuses[0]
    assert senders.rows() == 2


@row("EV07")
def test_ev07_a_retired_credential(senders: Senders) -> None:
    senders.manage.retire(REGISTRATION, senders.keys[REGISTRATION].credential_id)
    senders.refused("event.key_unknown", 401, lambda: senders.send(score(senders)))


@row("EV07")
def test_ev07_a_credential_that_never_was_and_one_of_another_kind(senders: Senders) -> None:
    held = senders.keys[REGISTRATION]
    unknown = NewKey("x", "nobody", held.secret)
    senders.refused("event.key_unknown", 401, lambda: senders.send(score(senders), key=unknown))
    kinds = {"xapi": "caliper", "caliper": "xapi"}
    other = senders.manage.add(REGISTRATION, kinds[senders.wire.source], senders.credential().settings)
    senders.refused("event.key_unknown", 401, lambda: senders.send(score(senders), key=other))


@row("EV08")
@pytest.mark.parametrize("scheme", ["Digest", "Negotiate", "None", "Basic", "Bearer"])
def test_ev08_another_scheme(senders: Senders, scheme: str) -> None:
    own = {"xapi": "Basic", "caliper": "Bearer"}[senders.wire.source]
    text = senders.wire.headers(senders.keys[REGISTRATION])["Authorization"].partition(" ")[2]
    headers = {"Authorization": f"{scheme} {text}", "X-Experience-API-Version": "1.0.3"}
    if scheme == own:
        assert senders.send(score(senders), headers=headers).status_code == senders.wire.statuses[0]
    else:
        senders.refused("event.alg_forbidden", 401, lambda: senders.send(score(senders), headers=headers))


@row("EV09")
def test_ev09_another_platforms_credential(senders: Senders) -> None:
    def send() -> Any:
        return senders.send(score(senders), to=OTHER, key=senders.keys[REGISTRATION])

    senders.refused("event.tenant_mismatch", 401, send)


@row("EV09")
def test_ev09_another_sites_people(senders: Senders) -> None:
    said = json.loads(json.dumps(score(senders)).replace("https://lms.example.edu", "https://other.example.edu"))
    senders.refused("event.person_elsewhere", 422, lambda: senders.send(said))


@row("EV10")
def test_ev10_a_secret_in_the_address_opens_nothing_and_is_not_told(senders: Senders) -> None:
    held = senders.keys[REGISTRATION]
    path = f"{senders.wire.path(REGISTRATION)}?Authorization=Bearer+{held.secret}&key={held.secret}"

    def send() -> Any:
        headers = {"X-Experience-API-Version": "1.0.3"}
        return senders.app.test_client().post(path, json=score(senders), headers=headers)

    senders.refused("event.unsigned", 401, send)


def test_an_unknown_platform_and_one_that_waits(senders: Senders) -> None:
    senders.refused("event.platform_unknown", 404, lambda: senders.send(score(senders), to="nobody"))
    senders.refused("event.platform_inactive", 403, lambda: senders.send(score(senders), to=WAITING))
    stranger = senders.keys[REGISTRATION]
    senders.refused("event.tenant_mismatch", 401, lambda: senders.send(score(senders), to=WAITING, key=stranger))
