"""What must be refused, each with its own code, and leaves no trace."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import requests

from lti_tool.demo import teacher_pages
from lti_tool.demo.browser import Sent, Tab
from lti_tool.demo.forms import Submission
from lti_tool.demo.learner_pages import earned_card, open_my_badges, session_path
from lti_tool.demo.page import Page
from lti_tool.demo.scene import Scene
from lti_tool.demo.waiting import expect

TIMEOUT_S = 20


def launch_twice(scene: Scene) -> str:
    """A launch sent again, and a fresh one whose signed message carries the nonce of an old one."""
    learner = scene.short
    frame = scene.in_tool[learner.user_id]
    old = [sent for sent in learner.browser.sent if any(name == "id_token" for name, _ in sent.fields)][-1]
    _refused(frame.send(Submission(old.method, old.url, old.fields, {})), 400, "state.used")
    _refused(_launch_with_old_nonce(scene), 401, "claim.nonce_used")
    return "state.used 400, claim.nonce_used 401"


def _launch_with_old_nonce(scene: Scene) -> Page:
    learner = scene.short
    used = next(sent for sent in reversed(learner.browser.sent) if _query(sent).get("nonce"))
    learner.go_to("/course")
    learner.lms.click("menu-badges")
    # The platform signs whatever nonce it is asked for, so a message with an old one is genuine but for that.
    frame = Tab(learner.browser, learner.lms.page, rewrite=lambda url: _with_nonce(url, _query(used)["nonce"][0]))
    source = learner.lms.page.document.by_id("tool-frame")
    assert source is not None
    return frame.open(source.get("src"), typed=False)


def _query(sent: Sent) -> dict[str, list[str]]:
    return parse_qs(urlsplit(sent.url).query)


def _with_nonce(url: str, nonce: str) -> str:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if "nonce" not in query:
        return url
    query["nonce"] = [nonce]
    return urlunsplit(parts._replace(query=urlencode(query, doseq=True)))


def learner_on_teachers_pages(scene: Scene) -> str:
    """Neither looks nor acts; and another course's badge does not exist."""
    teachers = teacher_pages.course_address(scene)
    _refused(scene.short.open_badges().open(teachers), 401, "session.launch_foreign")
    # In a window of its own the browser keeps back the frame's cookie.
    _refused(scene.short.browser.tab().open(teachers), 401, "session.not_yours")
    tab = scene.in_tool[scene.short.user_id] = scene.short.open_badges()
    session = session_path(tab)
    _refused(tab.open(f"{session}/badges"), 403, "authz.role")
    _refused(tab.open(f"{session}/badges/new"), 403, "authz.role")
    open_my_badges(tab)
    token = tab.page.document.all("body")[0].get("data-launch-token")
    made = Submission("POST", f"{session}/badges/new/form", [("launch_token", token), ("op", "draft")], {})
    _refused(tab.send(made), 403, "authz.role")
    stolen = scene.in_tool[scene.early.user_id].page.url.rpartition("/")[2]
    _refused(tab.open(f"{session}/my/{stolen}"), 404, "authz.subject_scope")
    return "authz.role 403, authz.subject_scope 404, session.launch_foreign 401"


def forged_events(scene: Scene) -> str:
    """Unsigned, stale, signed by a stranger: refused, and no badge comes of it."""
    address = scene.practice.active_tool()["webhook_url"]
    body = json.dumps({"type": "item.scored", "data": {"user_id": scene.short.user_id}}).encode()
    now = int(time.time())
    for headers, code in (
        ({}, "event.unsigned"),
        (_signature(now - 3600), "event.stale"),
        (_signature(now), "event.signature_invalid"),
    ):
        headers["Content-Type"] = "application/json"
        answer = requests.post(address, data=body, headers=headers, timeout=TIMEOUT_S)
        given = (answer.status_code, answer.json()["error"]["code"])
        expect(given == (401, code), f"a forged event was answered with {given}, not 401 {code}")
    tab = scene.in_tool[scene.short.user_id]
    open_my_badges(tab)
    expect(earned_card(tab) is None, "a forged event earned a badge")
    return "event.unsigned, event.stale, event.signature_invalid: 401 each"


def _signature(at: int) -> dict[str, str]:
    return {"webhook-id": "msg-forged", "webhook-timestamp": str(at), "webhook-signature": "v1,Zm9yZ2Vk"}


def _refused(page: Page, status: int, code: str) -> None:
    codes = [one.text for one in page.document.all("code")]
    expect(page.status == status and code in codes, f"{page.url} answered {page.status} {codes}, not {status} {code}")


STEPS = (
    ("bad launches", launch_twice),
    ("bad visitors", learner_on_teachers_pages),
    ("bad events", forged_events),
)
