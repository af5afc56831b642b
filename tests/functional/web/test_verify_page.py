"""Checking badges that a stranger brings: one, or many; nothing is kept."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text
from werkzeug.test import TestResponse

from lti_tool.credentials.baking import bake_png, bake_svg
from lti_tool.domain.identity import Actor
from lti_tool.web.verify.intake import shown_name
from tests.functional.web.conftest import Site

TEACHER = Actor("person", "t", "Ines")


def hand_in(site: Site, badges: str = "", files: Sequence[tuple[str, bytes]] = ()) -> TestResponse:
    fields: dict[str, Any] = {"badges": badges, "files": [(io.BytesIO(data), name) for name, data in files]}
    return site.app.test_client().post("/verify", data=fields, content_type="multipart/form-data")


def words(page: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text))


def credential_of(site: Site, award: str) -> tuple[str, str]:
    with site.course.house.transactions(write=False) as unit:
        held = unit.credentials.get(award)
    assert held is not None
    assert held.document is not None
    assert held.jwt is not None
    return held.document, held.jwt


def png() -> bytes:
    output = io.BytesIO()
    Image.new("L", (2, 2)).save(output, "PNG")
    return output.getvalue()


def table(page: TestResponse) -> list[dict[str, str]]:
    """The CSV that the page carries."""
    (carried,) = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page.text)
    return list(csv.DictReader(io.StringIO(base64.b64decode(carried).decode("utf-8-sig"))))


def test_one_badge_in_every_form(site: Site) -> None:
    award = site.earn("ana")
    document, token = credential_of(site, award)
    svg = bake_svg('<svg xmlns="http://www.w3.org/2000/svg"></svg>', document)
    link = f"{site.services.base_url}{site.public_link(award)}"
    ways = [
        hand_in(site, document),
        hand_in(site, f"  {token}\n"),
        hand_in(site, link),
        hand_in(site, files=[("badge.json", document.encode())]),
        hand_in(site, files=[("badge.png", bake_png(png(), document))]),
        hand_in(site, files=[("badge.svg", svg.encode())]),
        hand_in(site, files=[("badge.jwt", token.encode())]),
        hand_in(site, files=[("one.zip", archive({"badge.json": document}))]),
    ]
    for page in ways:
        assert page.status_code == 200
        assert "Genuine and valid today" in page.text
        assert "“Lab safety”, issued by" in words(page)
        assert words(page).count("Passed") == 6
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"


def test_a_withdrawn_and_a_changed_badge(site: Site) -> None:
    award = site.earn("ana")
    document, _ = credential_of(site, award)
    changed = hand_in(site, document.replace("Lab safety", "Lab mastery"))
    assert "Changed or forged" in changed.text
    assert "Lab mastery" not in changed.text, "nothing is repeated of what nobody signed"
    site.services.revoke(site.course.course.id, award, TEACHER, "Copied.")
    site.course.work()
    assert "<h1>Withdrawn</h1>" in hand_in(site, document).text


@pytest.mark.parametrize("text_", ["hello", "{", "{}", "a.b.c", "<svg/>", "ftp://x.example/1"])
def test_what_is_no_badge(site: Site, text_: str) -> None:
    page = hand_in(site, text_)
    assert page.status_code == 200
    assert "Genuine" not in page.text


def archive(files: dict[str, str | bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return output.getvalue()


def test_many_badges_problems_first_with_reasons_and_files_to_keep(site: Site) -> None:
    good, bad = site.earn("ana"), site.earn("ben")
    document, token = credential_of(site, good)
    withdrawn, _ = credential_of(site, bad)
    site.services.revoke(site.course.course.id, bad, TEACHER, "Copied.")
    site.course.work()
    files = {"good.json": document, "forged.json": document.replace("Lab safety", "=cmd()"), "gone.json": withdrawn}
    packed = archive(files | {"__MACOSX/._good.json": "x", ".hidden": "x", "inner.zip": archive({"a.json": document})})
    page = hand_in(site, f"{token}\nnothing", [("all.zip", packed)])
    assert page.status_code == 200
    rows = table(page)
    assert [(row["number"], row["verdict"]) for row in rows] == [
        ("2", "Not a badge that can be read"),
        ("4", "Changed or forged"),
        ("6", "Not a badge that can be read"),
        ("5", "Withdrawn"),
        ("1", "Genuine and valid today"),
        ("3", "Genuine and valid today"),
    ]
    assert all(row["reason"] for row in rows if row["verdict"] != "Genuine and valid today")
    assert "6 of 6 checked" in page.text
    assert page.text.index("1 of 6 checked") < page.text.index("<table")
    (carried,) = re.findall(r'href="data:application/json;charset=utf-8;base64,([^"]+)"', page.text)
    answers = json.loads(base64.b64decode(carried))["results"]
    assert [answer["verdict"] for answer in answers] == [
        "genuine", "forged", "genuine", "forged", "withdrawn", "forged",
    ]  # fmt: skip


def test_a_list_of_links(site: Site) -> None:
    links = [f"{site.services.base_url}{site.public_link(site.earn(who), who)}" for who in ("ana", "ben")]
    listed = "name;link\nAna;{}\nBen;{}\nBen;{}\n".format(*links, links[1])
    page = hand_in(site, files=[("badges.csv", listed.encode())])
    assert [row["verdict"] for row in table(page)] == ["Genuine and valid today"] * 2


def test_nothing_is_kept(site: Site) -> None:
    document, _ = credential_of(site, site.earn("ana"))
    before = rows_of_all_tables(site)
    hand_in(site, document)
    hand_in(site, document + "\n", [("a.json", document.encode()), ("b.json", b"x")])
    assert rows_of_all_tables(site) == before


def rows_of_all_tables(site: Site) -> dict[str, int]:
    engine = site.course.house.engine
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        # Table names come from the database itself.
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


@pytest.mark.parametrize(
    ("badges", "files", "status", "code"),
    [
        ("", [], 422, "verify.nothing"),
        ("\n".join(["x"] * 201), [], 413, "verify.too_many"),
        ("", [("a.zip", b"PK\x03\x04 broken")], 422, "verify.archive_unreadable"),
        ("", [("a.zip", archive({"zeros": b"\0" * 5_000_000}))], 413, "verify.file_too_large"),
        ("", [("a.png", b"\0" * (33 * 1024 * 1024))], 413, "request.too_large"),
        ("x" * (3 * 1024 * 1024), [], 413, "request.too_large"),
    ],
)
def test_refused_as_a_whole(site: Site, badges: str, files: Any, status: int, code: str) -> None:
    fields: dict[str, Any] = {"badges": badges, "files": [(io.BytesIO(data), name) for name, data in files]}
    answer = site.app.test_client().post(
        "/verify", data=fields, content_type="multipart/form-data", headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\badges\\ana.png", "ana.png"),
        ("gnp.\u202etxt", "gnp.txt"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie: x"),
        ("", "File"),
        ("x" * 300, "x" * 79 + "…"),
    ],
)
def test_names_of_files_are_harmless(name: str, shown: str) -> None:
    assert shown_name(name) == shown
