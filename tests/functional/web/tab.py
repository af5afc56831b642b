"""A browser without scripts over Flask's test client: reads pages, follows links, fills in forms, presses buttons."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse

from lti_tool.demo.forms import Upload, submit
from lti_tool.demo.html_page import Element, parse_html
from tests.functional.web.conftest import OpenSession

Values = Mapping[str, str | list[str]]


class Tab:
    """`page` is what was answered last, `response` the answer itself. Nothing that the page does not offer is sent."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.response: TestResponse
        self.page = Element("#document")

    @classmethod
    def at(cls, person: OpenSession, path: str) -> Tab:
        """A page of a launch's session, by the cookie or by the token in the page."""
        tab = cls(person.client)
        tab._show(person.view(path))
        return tab

    def get(self, path: str) -> Tab:
        self._show(self.client.get(path, follow_redirects=True))
        return self

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.page.text

    @property
    def path(self) -> str:
        return self.response.request.path

    def field(self, name: str) -> Element:
        found = self.page.find(lambda one: one.get("name") == name)
        assert found is not None, f"no field {name}"
        return found

    def has(self, words: str) -> bool:
        """Whether there is a link or button of this name."""
        return self._find(words) is not None

    def follow(self, words: str) -> Tab:
        """A link; on the pages of browsers without our cookie it is a button."""
        found = self._find(words)
        assert found is not None, f"no link {words!r} in {self.text[:400]!r}"
        if found.tag == "a":
            return self.get(found.get("href"))
        return self._submit(found, {}, {})

    def press(self, words: str, values: Values | None = None, files: Mapping[str, Upload] | None = None) -> Tab:
        """A button, by its words, its accessible name or its value, with what was typed into its form."""
        found = self._find(words)
        assert found is not None, f"no button {words!r} in {self.text[:400]!r}"
        return self._submit(found, values or {}, files or {})

    def _find(self, words: str) -> Element | None:
        def fits(one: Element) -> bool:
            if one.tag not in ("a", "button"):
                return False
            return words in (one.text, one.get("aria-label")) or (one.get("name") == "op" and one.get("value") == words)

        return self.page.find(fits)

    def _submit(self, button: Element, values: Values, files: Mapping[str, Upload]) -> Tab:
        owner = button.get("form")
        form = self.page.by_id(owner) if owner else next(one for one in button.ancestors() if one.tag == "form")
        assert form is not None
        sent = submit(self.page, form, button, values, files)
        data: MultiDict[str, object] = MultiDict(sent.fields)
        for name, file in sent.files.items():
            data.add(name, FileStorage(BytesIO(file.content), file.filename, content_type=file.media_type))
        self._show(self.client.open(sent.action, method=sent.method, data=data))
        if self.status == 303:
            return self.get(self.response.headers["Location"])
        if self.status == 307:
            # The body goes along, but for files: no action that takes one is answered by 307 and reads it again.
            again = MultiDict(sent.fields)
            self._show(self.client.open(self.response.headers["Location"], method=sent.method, data=again))
        return self

    def _show(self, response: TestResponse) -> None:
        self.response = response
        self.page = parse_html(response.text)
