"""What a request brought, and how a person finds things on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
        button = _labelled(self._buttons(), button_label)
        form = self._owner(button) if button is not None else None
        return (form, button) if form is not None and button is not None else None

    def form_of(self, field: str) -> tuple[Element, Element] | None:
        """The form that has a field of this name, and its first button: what Enter in that field presses."""
        found = next(
            (one for one in self.document.all("input", "select", "textarea") if one.get("name") == field), None
        )
        form = self._owner(found) if found is not None else None
        button = next((one for one in self._buttons() if self._owner(one) is form), None)
        return (form, button) if form is not None and button is not None else None

    def _buttons(self) -> list[Element]:
        return [one for one in self.document.all("button", "input") if one.get("type") in ("", "submit")]

    def _owner(self, control: Element) -> Element | None:
        if control.get("form"):
            return self.document.by_id(control.get("form"))
        return next((above for above in control.ancestors() if above.tag == "form"), None)


def _labelled(candidates: list[Element], label: str) -> Element | None:
    """By id or value, else by all its words, else by a part of them."""
    ways: tuple[Callable[[Element], bool], ...] = (
        lambda one: label in (one.get("id"), one.get("value")),
        lambda one: label in (one.text, one.get("aria-label")),
        lambda one: label in one.text,
    )
    for fits in ways:
        found = next((one for one in candidates if fits(one)), None)
        if found is not None:
            return found
    return None
