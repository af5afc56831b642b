"""What verifiers fetch of an issuer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.wallet import OTHER_SLUG, SLUG

PNG = b"\x89PNG\r\n\x1a\n a stored image"


def test_did_json_is_open_to_every_origin(client) -> None:
    response = client.http.get(f"/issuers/{SLUG}/did.json")
    assert response.json == client.world.keys.did_json()
    assert response.mimetype == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in response.headers["Cache-Control"]


def test_a_key_by_the_kid_that_jwts_name(client) -> None:
    address = client.world.keys.jwt[1]
    response = client.http.get(address.removeprefix(client.world.base_url))
    assert (response.status_code, response.json["kty"]) == (200, "RSA")
    assert "d" not in response.json


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/nobody/did.json", "/issuers/%00/did.json", "/issuers/nobody", f"/issuers/{SLUG}/keys/none.json",
        f"/issuers/{SLUG}/keys/%00.json", f"/issuers/{SLUG}/status/none", f"/issuers/{SLUG}/status/%00",
        "/images/00.png", f"/images/{'0' * 64}.png", f"/images/{'F' * 64}.png",
        "/achievements/none", "/achievements/%00",
    ],
)  # fmt: skip
def test_what_is_not_there(client, path: str) -> None:
    response = client.http.get(path)
    assert (response.status_code, response.mimetype) == (404, "application/json")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/ld+json, application/json"])
def test_a_program_gets_the_profile(client, accept: str | None) -> None:
    response = client.http.get(f"/issuers/{SLUG}", headers={"Accept": accept} if accept else {})
    assert response.json["type"] == ["Profile"]
    assert response.json["id"] == client.world.issuers[0].id
    assert "Accept" in response.headers["Vary"]


def test_a_person_gets_a_page(client) -> None:
    response = client.http.get(f"/issuers/{SLUG}", headers={"Accept": "text/html,*/*;q=0.8"})
    text = response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    assert "<h1>Astronomy</h1>" in text
    assert client.world.issuers[0].id in text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert client.http.get("/public-static/public.css").status_code == 200


def test_an_achievement_for_programs_and_people(client) -> None:
    document = client.http.get("/achievements/a1").json
    assert document["type"] == ["Achievement"]
    page = client.http.get("/achievements/a1", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "Score at least 80 % in Quiz 1." in page
    assert "Orbits &lt;b&gt;" in page


def _publish_list(client, life: timedelta) -> str:
    world = client.world
    with world.transactions() as uow:
        list_id, _ = uow.status_lists.allocate(world.issuers[0].tenant_id, world.award_id)
        uow.status_lists.save_signed(list_id, 1, '{"type": "list"}', world.clock.now() + life)
        uow.commit()
    return list_id


@pytest.mark.parametrize(
    ("life", "age"), [(timedelta(days=7), 30), (timedelta(seconds=20), 20), (timedelta(seconds=-1), 0)]
)
def test_a_status_list_is_kept_no_longer_than_it_holds(client, life: timedelta, age: int) -> None:
    list_id = _publish_list(client, life)
    response = client.http.get(f"/issuers/{SLUG}/status/{list_id}")
    assert response.mimetype == "application/vc"
    assert response.get_data(as_text=True) == '{"type": "list"}'
    assert response.headers["Cache-Control"] == f"public, max-age={age}"
    again = client.http.get(f"/issuers/{SLUG}/status/{list_id}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_status_list_belongs_to_one_issuer(client) -> None:
    list_id = _publish_list(client, timedelta(days=7))
    assert client.http.get(f"/issuers/{OTHER_SLUG}/status/{list_id}").status_code == 404


def test_a_status_list_that_was_never_signed(client) -> None:
    world = client.world
    with world.transactions() as uow:
        list_id, _ = uow.status_lists.allocate(world.issuers[0].tenant_id, world.award_id)
        uow.commit()
    assert client.http.get(f"/issuers/{SLUG}/status/{list_id}").status_code == 404


def test_an_image_never_changes_and_runs_nothing(client) -> None:
    with client.world.transactions() as uow:
        image_id = uow.images.add(PNG)
        uow.commit()
    response = client.http.get(f"/images/{image_id}.png")
    assert (response.get_data(), response.mimetype) == (PNG, "image/png")
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_sets_a_cookie_or_redirects(client) -> None:
    list_id = _publish_list(client, timedelta(days=7))
    for path in (f"/issuers/{SLUG}", f"/issuers/{SLUG}/did.json", f"/issuers/{SLUG}/status/{list_id}"):
        response = client.http.get(path)
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
