"""What the few scripts on the pages do that a story cannot go on without.

A page is known by the id of the element that its script looks for. The scripts' storage in the platform's window is
left out: these are the pages in a browser whose platform keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lti_tool.demo.forms import Submission, submit
from lti_tool.demo.html_page import Element, parse_html

_POSTS_ITSELF = ("auto-submit", "lti-opening", "deep-linking-answer")


@dataclass(frozen=True, slots=True)
class Question:
    """What a part of a page asks the server every two seconds."""

    url: str
    headers: dict[str, str]
    fields: list[tuple[str, str]]


def next_step(document: Element, ask: Callable[[str], Any]) -> Submission | str | None:
    """A form that the page sends by itself, an address that it goes on to, or None for a page that stays.

    `ask(address)` gives the JSON that a script fetches.
    """
    login = document.by_id("lti-login")
    if login is not None:
        return _after_login(login, ask)
    for form_id in _POSTS_ITSELF:
        form = document.by_id(form_id)
        if form is not None:
            return submit(document, form, None, {}, {})
    return None


def _after_login(login: Element, ask: Callable[[str], Any]) -> str | None:
    """The tool's login page: on to the platform if our cookie came back; else a person would need a new window."""
    state = ask(login.get("data-cookie-check-url"))["cookie"]
    if state == "same":
        return login.get("data-auth-url")
    return login.get("data-continue-url") if state == "other" else None


def live_regions(document: Element) -> Iterator[tuple[Element, Question]]:
    """The parts of a page that follow the server, each with what it asks."""
    body = document.find(lambda one: one.tag == "body") or document
    headers = {"X-Launch-Token": body.get("data-launch-token"), "Accept": "application/json"}
    for region in list(document.walk()):
        if region.get("data-live-url"):
            version = region.get("data-live-version")
            yield region, Question(region.get("data-live-url"), headers, [("version", version)])


def swap(region: Element, answer: Mapping[str, Any]) -> None:
    """Exchanges the content of such a part, where the answer has a new one."""
    if answer["html"] is None:
        return
    region.parts = list(parse_html(answer["html"]).parts)
    for part in region.parts:
        if isinstance(part, Element):
            part.parent = region
    region.attributes["data-live-version"] = str(answer["version"])
