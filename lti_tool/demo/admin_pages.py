"""What the tool's administrator does on /admin."""

from __future__ import annotations

import re

from lti_tool.demo.browser import Tab
from lti_tool.demo.page import PageMissing
from lti_tool.demo.scene import Scene
from lti_tool.demo.waiting import expect

PLATFORM = "Practice LMS"
CONNECT = "Connect a platform"
_REGISTRATION_LINK = re.compile(r"https?://[^\s\"<>]+/lti/register/[A-Za-z0-9_-]+")


def sign_in(scene: Scene) -> Tab:
    """The list of platforms, with the operator's token of this installation; nobody gets there without it."""
    desk = scene.admin.browser.tab()
    desk.open(scene.tool("/admin"))
    refused = desk.enter("token", "not the token")
    expect(refused.status == 401 and desk.page.form_of("token"), f"any token signs in: {refused.text[:300]}")
    page = desk.enter("token", scene.place.admin_token_file.read_text().strip())
    expect(page.status == 200 and page.link(CONNECT), f"the administrator cannot sign in: {page.text[:300]}")
    return desk


def invite(desk: Tab) -> str:
    """The registration link for a new platform, shown this once."""
    desk.click(CONNECT)
    page = desk.enter("name", PLATFORM)
    found = _REGISTRATION_LINK.search(page.content.decode())
    if found is None:
        raise PageMissing(f"no registration link on {page.url}: {page.text[:300]}")
    desk.open("/admin")
    expect(found.group() not in desk.page.content.decode(), "the registration link is shown again")
    return found.group()


def accept_deployment(desk: Tab) -> None:
    """Lets the place in from which the platform has launched the tool."""
    desk.open("/admin")
    desk.click(PLATFORM)
    page = desk.press("Accept")
    expect("The deployment is accepted" in page.text, f"the deployment was not accepted: {page.text[:300]}")


def approve(desk: Tab) -> None:
    """Lets the platform that waits come in."""
    desk.open("/admin")
    expect("Pending" in desk.page.text, f"the platform is not pending: {desk.page.text[:300]}")
    desk.click(PLATFORM)
    desk.press("Approve")
    desk.open("/admin")
    has_state = "Active" in desk.page.text and "Pending" not in desk.page.text
    expect(has_state, f"the platform was not approved: {desk.page.text[:300]}")
