"""What a request brought, and how a person finds things on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lti_tool.demo.html_page import Element, parse_html


class PageMissing(Exception):
    """What a person looks for is not on the page, or the browser refused to go there."""


@dataclass(frozen=True)
class Page:
    """What a request brought."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def document(self) -> Element:
        is_html = "html" in self.headers.get("Content-Type", "")
        return parse_html(self.content.decode("utf-8", "replace")) if is_html else Element("#document")

    @property
    def policy(self) -> str:
        return self.headers.get("Content-Security-Policy", "")

    @property
    def text(self) -> str:
        """The words on it."""
        return self.document.text

    def json(self) -> Any:
        return json.loads(self.content)

    def link(self, label: str) -> Element | None:
        """The link with these words, or whose words contain them."""
        links = [one for one in self.document.all("a") if one.get("href")]
        return _labelled(links, label)

    def form_with(self, button_label: str) -> tuple[Element, Element] | None:
        """The form and its button with these words (or with this id or value)."""
        buttons = [one for one in self.document.all("button", "input") if one.get("type") in ("", "submit")]
        button = _labelled(buttons, button_label)
        if button is None:
            return None
        owner = button.get("form")
        form = (
            self.document.by_id(owner)
            if owner
            else next((above for above in button.ancestors() if above.tag == "form"), None)
        )
        return (form, button) if form is not None else None


def _labelled(candidates: list[Element], label: str) -> Element | None:
    """By id or value, else by all its words, else by a part of them."""
    for fits in (
        lambda one: label in (one.get("id"), one.get("value")),
        lambda one: label in (one.text, one.get("aria-label")),
        lambda one: label in one.text,
    ):
        found = next((one for one in candidates if fits(one)), None)
        if found is not None:
            return found
    return None
