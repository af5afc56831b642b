"""What a learner reads and does on the tool's pages."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from lti_tool.demo.browser import Tab
from lti_tool.demo.html_page import Element
from lti_tool.demo.page import PageMissing
from lti_tool.demo.people import Learner
from lti_tool.demo.scene import BADGE, HeldBadge
from lti_tool.demo.waiting import expect

_PNG = b"\x89PNG\r\n\x1a\n"
_SESSION = re.compile(r"/s/[^/]+")


def session_path(tab: Tab) -> str:
    """``/s/<session id>`` of the page in the tab."""
    found = _SESSION.match(urlsplit(tab.page.url).path)
    expect(found, f"{tab.page.url} is no page of a launch")
    assert found is not None
    return found.group()


def earned_card(tab: Tab, badge: str = BADGE) -> Element | None:
    """The card of an earned badge on the open page My badges, brought up to date as the page itself would be.

    None while the badge is not there, or is still being signed.
    """
    tab.refresh()
    for card in tab.page.document.all("li"):
        if card.get("data-award") and card.get("data-name") == badge and "Being signed" not in card.text:
            return card
    return None


def open_my_badges(tab: Tab) -> None:
    """My badges anew, as by a reload."""
    tab.open(f"{session_path(tab)}/my")
    expect(tab.page.status == 200, f"My badges answered {tab.page.status}")


def open_badge(tab: Tab, badge: str = BADGE) -> None:
    """From My badges to the page of one earned badge."""
    open_my_badges(tab)
    tab.follow(badge)
    expect(tab.page.status == 200, f"the badge's page answered {tab.page.status}")


def reason_of(tab: Tab, words: str) -> str:
    """The line of the reason tree that has these words: state, requirement, what was observed."""
    lines = [one for one in tab.page.document.all("li") if one.get("class") == "reason" and words in one.text]
    if not lines:
        raise PageMissing(f"no criterion {words!r} on {tab.page.url}: {tab.page.text[:500]}")
    return lines[0].text.replace(" (opens in a new window)", "")


def download(tab: Tab, learner: Learner) -> HeldBadge:
    """The three files from the badge's page, each what it claims to be."""
    open_badge(tab)
    as_json, as_jwt, as_png = (tab.press(label) for label in ("JSON", "JWT", "Save as picture"))
    for file in (as_json, as_jwt, as_png):
        is_file = file.status == 200 and file.headers.get("Content-Disposition", "").startswith("attachment")
        expect(is_file, f"{file.url} answered {file.status} and no file")
    expect(as_png.content.startswith(_PNG), "the picture is not a PNG")
    document = json.loads(as_json.content)
    return HeldBadge(learner, as_json.content, as_jwt.content.decode("ascii"), as_png.content, document)


def wallet_offer(tab: Tab) -> str:
    """The address that the QR code and the button of the wallet page hold."""
    open_badge(tab)
    page = tab.press("Add to a wallet")
    link = page.link("Open wallet app")
    if link is None:
        raise PageMissing(f"no wallet link on {page.url}: {page.text[:300]}")
    expect(any(one.get("src").startswith("data:image/") for one in page.document.all("img")), "there is no QR code")
    return link.get("href")


def share(tab: Tab) -> str:
    """Makes a public page without the learner's name; its address."""
    open_badge(tab)
    page = tab.press("Share by link")
    field = page.document.by_id("public-link")
    if field is None:
        raise PageMissing(f"no public link on {page.url}: {page.text[:300]}")
    return field.get("value")
