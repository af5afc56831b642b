"""Both servers start, and the administrators make the LMS and the tool known to each other."""

from __future__ import annotations

from lti_tool.demo import admin_pages
from lti_tool.demo.browser import Tab
from lti_tool.demo.scene import Scene
from lti_tool.demo.waiting import expect


def servers_start(scene: Scene) -> str:
    """Two processes with a fresh database and fresh keys."""
    scene.servers.start()
    return f"tool {scene.place.tool_url}, practice LMS {scene.place.lms_url}"


def platform_connected(scene: Scene) -> str:
    """A single-use link from the tool, pasted into the LMS; then each side agrees."""
    desk = admin_pages.sign_in(scene)
    link = admin_pages.invite(desk)
    scene.admin.come_in()
    page = scene.admin.register_tool(link).page
    expect(page.status == 200 and "is registered" in page.text, f"registration failed: {page.text[:300]}")
    scene.admin.activate_tool()
    again = scene.admin.register_tool(link).page
    expect(again.status == 403 and "reg.link_invalid" in again.text, "the link can be used twice")
    admin_pages.approve(desk)
    if not scene.place.names_deployment:
        _learn_deployment(scene, desk)
    tool = scene.practice.active_tool()
    expect(tool["webhook_url"].startswith(scene.tool("/hooks/")), f"events go to {tool['webhook_url']!r}")
    return f"registered as {tool['client_id']}, approved; the link works once"


def _learn_deployment(scene: Scene, desk: Tab) -> None:
    """The first launch shows from where the tool is launched; the administrator agrees to it once."""
    scene.admin.go_to("/course")
    scene.admin.lms.click("menu-badges")
    page = scene.admin.lms.frame("tool-frame").page
    expect("lti.deployment_unknown" in page.text, f"an unknown deployment was let in: {page.text[:300]}")
    admin_pages.accept_deployment(desk)


STEPS = (
    ("start", servers_start),
    ("connect", platform_connected),
)
