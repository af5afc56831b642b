"""Uploads over HTTP: what their names, lengths and number can do, and what comes of them when they are opened."""

from __future__ import annotations

import io
import socket
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from lti_tool.bootstrap.site import create_site
from lti_tool.db.tables import badges, metadata
from lti_tool.demo.forms import Upload
from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import BadgeDesign, draw
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.protocols.issuer import IMAGE_POLICY
from lti_tool.web.security import limits
from tests.functional.web.conftest import OpenSession, Site
from tests.functional.web.tab import Tab
from tests.services.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

row = pytest.mark.row
PNG = draw(BadgeDesign("blue", "circle", "star"))


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint,)


@pytest.fixture
def editor(site: Site) -> Tab:
    return Tab.at(site.open_session("instructor"), "/badges/new")


def pictures(site: Site) -> list[str]:
    """The ids of all that are stored, beside that of the badge which is there already."""
    with site.course.house.engine.connect() as connection:
        found = connection.execute(select(badges.images.c.id)).scalars().all()
    return [one for one in found if one != site.badges["lab"].image_id]


def everything_stored(site: Site) -> str:
    with site.course.house.engine.connect() as connection:
        return " ".join(str(one) for table in metadata.sorted_tables for one in connection.execute(select(table)))


@row("UP17", "UP31", "UP32")
@pytest.mark.parametrize(
    "name", ["../../up31.png\0.html", "up31\r\nSet-Cookie: up31=1\r\n\u202egnp.svg", f"{'up31' * 75}.html"]
)
def test_name_and_declared_type_of_a_file_are_not_asked_for(site: Site, editor: Tab, name: str) -> None:
    editor.press("draft", {"name": "Pictured"}, {"upload": Upload(name, PNG, "text/html")})
    assert editor.status == 200
    assert len(pictures(site)) == 1
    assert "Set-Cookie" not in editor.response.headers
    assert "up31" not in editor.response.text
    assert "up31" not in everything_stored(site)


def begin_upload(url: str, person: OpenSession, declared: int, sent: bytes) -> bytes:
    """Posts the editor's form by hand, with whatever length; gives the answer's first bytes."""
    host, _, port = url.removeprefix("http://").partition(":")
    head = (
        f"POST /s/{person.id}/badges/new/form HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {declared}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head.encode() + sent)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(64)


def body_of(person: OpenSession, picture: bytes) -> bytes:
    fields = {"launch_token": person.token, "op": "draft", "name": "Pictured"}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields.items()]
    parts.append('--b\r\nContent-Disposition: form-data; name="upload"; filename="a.png"\r\n\r\n')
    return "\r\n".join(parts).encode() + picture + b"\r\n--b--\r\n"


@row("UP33", "UP35")
def test_an_upload_that_breaks_off_or_lies_about_its_length_leaves_nothing(site: Site) -> None:
    person = site.open_session("instructor", cookie=False)
    body = body_of(person, PNG)
    with served(site.app) as url:
        for declared, sent in ((len(body), body[: len(body) // 2]), (len(body) + 999, body), (len(body) // 2, body)):
            answer = begin_upload(url, person, declared, sent)
            assert answer[9:10] in (b"4", b""), answer
            assert pictures(site) == []
        assert begin_upload(url, person, len(body), body)[9:12] == b"307"
    assert len(pictures(site)) == 1


@row("UP35")
def test_a_picture_is_there_with_its_badge_or_not_at_all(site: Site) -> None:
    def dies_before_the_end() -> None:
        with site.course.house.transactions() as unit:
            image_id = unit.images.add(PNG)
            with site.course.house.transactions(write=False) as other:
                assert other.images.get(image_id) is None
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        dies_before_the_end()
    assert pictures(site) == []


@row("UP34")
def test_a_thousand_files_of_one_person(site: Site) -> None:
    codes = []
    with site.app.app_context():
        for _ in range(1_000):
            try:
                limits.admit_upload("ines")
            except BadgeToolError as refused:
                codes.append((refused.code, refused.status))
        limits.admit_upload("omar")
    assert codes == [("upload.too_many", 429)] * 940


@row("UP34")
def test_one_file_too_many_is_said_beside_its_field_and_not_looked_at(
    site: Site, editor: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UPLOADS", "1 per hour")
    editor.press("draft", {"name": "One"}, {"upload": Upload("a.png", PNG, "image/png")})
    again = Tab.at(site.open_session("instructor"), "/badges/new")
    monkeypatch.setattr("lti_tool.images.check.subprocess.run", None)
    again.press("draft", {"name": "Two"}, {"upload": Upload("a.png", PNG, "image/png")})
    assert again.status == 422
    assert "You have sent 1 files within an hour. Wait 60 minutes." in again.text.replace("61", "60")
    assert again.field("name").get("value") == "Two"
    assert len(pictures(site)) == 1


@row("UP18", "UP24")
@pytest.mark.peer("chromium")
def test_a_stored_picture_that_is_opened_by_itself_does_nothing(site: Site, editor: Tab, browser: Browser) -> None:
    polyglot = PNG + b"<html><script>alert(1);fetch('/healthz')</script><img src=x onerror=alert(2)></html>"
    editor.press("draft", {"name": "Pictured"}, {"upload": Upload("a.html", polyglot, "text/html")})
    [image_id] = pictures(site)
    context = browser.new_context()
    page, said, asked = context.new_page(), io.StringIO(), []
    page.on("dialog", lambda dialog: said.write(dialog.message) and dialog.dismiss())
    page.on("request", lambda request: asked.append(request.url))
    with served(create_site(site.course.house)) as url:
        answer = page.goto(f"{url}/images/{image_id}.png")
        assert answer is not None
        page.wait_for_load_state("networkidle")
        headers = answer.headers
    context.close()
    assert (said.getvalue(), asked[1:]) == ("", [])
    assert headers["content-type"] == "image/png"
    assert headers["content-security-policy"] == IMAGE_POLICY == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers
