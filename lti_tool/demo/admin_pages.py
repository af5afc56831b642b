"""What the tool's administrator does on /admin."""

from __future__ import annotations

import re

from lti_tool.demo.browser import Tab
from lti_tool.demo.page import PageMissing
from lti_tool.demo.scene import Scene
from lti_tool.demo.waiting import expect

PLATFORM = "Practice LMS"
_REGISTRATION_LINK = re.compile(r"https?://[^\s\"<>]+/lti/register/[A-Za-z0-9_-]+")


def sign_in(scene: Scene) -> Tab:
    """The list of platforms, with the operator's token of this installation; nobody gets there without it."""
    desk = scene.admin.browser.tab()
    token = scene.place.admin_token_file.read_text().strip()
    desk.open(scene.tool("/admin"))
    refused = desk.press("Sign in", {"token": "not the token"})
    expect("Connect a platform" not in refused.text, "any token signs in")
    page = desk.press("Sign in", {"token": token})
    expect("Connect a platform" in page.text, f"the administrator cannot sign in: {page.text[:300]}")
    return desk


def invite(desk: Tab) -> str:
    """The registration link for a new platform, shown this once."""
    desk.follow("Connect a platform")
    page = desk.press("Make the link", {"name": PLATFORM})
    found = _REGISTRATION_LINK.search(page.content.decode())
    if found is None:
        raise PageMissing(f"no registration link on {page.url}: {page.text[:300]}")
    return found.group()


def approve(scene: Scene, desk: Tab) -> None:
    """Lets the platform that waits come in."""
    desk.open(scene.tool("/admin"))
    expect("Pending" in desk.page.text, f"the platform is not pending: {desk.page.text[:300]}")
    desk.follow(PLATFORM)
    page = desk.press("Approve")
    expect("Active" in page.text, f"the platform was not approved: {page.text[:300]}")
