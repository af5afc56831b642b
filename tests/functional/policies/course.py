"""A course of a practice LMS with the tool beside it, both on ports of their own, and people who open the tool there.

Everything goes over HTTP: launches, pages, events, and the gradebook. Time is ours: both clocks are moved together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from lti_tool.demo.forms import Upload, submit
from lti_tool.demo.html_page import Element, parse_html
from lti_tool.sandbox.practice import EXTENSION, Practice
from lti_tool.sources.canvas_live_events import SOURCE, Stream, address_of
from lti_tool.usecases.source_keys import ManageSourceKeys
from tests.functional.diagnosis.stage import Stage, staged

LENA, MILO, NORA = "learner-1", "learner-2", "learner-3"
_TIMEOUT = 20


@dataclass
class MovedClock:
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Page:
    """A person's browser on a page of the tool, without scripts."""

    browser: requests.Session
    url: str
    html: Element = field(repr=False)

    @classmethod
    def of(cls, browser: requests.Session, url: str) -> Page:
        return cls(browser, url, Element("#document"))._shown(browser.get(url, timeout=_TIMEOUT))

    @property
    def text(self) -> str:
        return self.html.text

    def at(self, path: str) -> Page:
        """Another page of the same launch."""
        session = "/".join(urlsplit(self.url).path.split("/")[:3])
        return Page.of(self.browser, urljoin(self.url, session + path))

    def follow(self, words: str) -> Page:
        link = self.html.find(lambda one: one.tag == "a" and one.text == words)
        assert link is not None, f"no link {words!r} in {self.text}"
        return Page.of(self.browser, urljoin(self.url, link.get("href")))

    def press(
        self, words: str, values: dict[str, str] | None = None, files: Mapping[str, Upload] | None = None
    ) -> Page:
        """A button by its words or its value."""
        button = self.html.find(lambda one: one.tag == "button" and words in (one.text, one.get("value")))
        assert button is not None, f"no button {words!r} in {self.text}"
        owner = button.get("form")
        form = self.html.by_id(owner) if owner else next(one for one in button.ancestors() if one.tag == "form")
        assert form is not None
        sent = submit(self.html, form, button, values or {}, files or {})
        uploads = {name: (file.filename, file.content, file.media_type) for name, file in sent.files.items()}
        address = urljoin(self.url, sent.action)
        return self._shown(self.browser.post(address, data=sent.fields, files=uploads or None, timeout=_TIMEOUT))

    def _shown(self, answer: requests.Response) -> Page:
        assert answer.ok, answer.text
        return Page(self.browser, answer.url, parse_html(answer.text))


@dataclass
class StoryCourse:
    stage: Stage
    clock: MovedClock

    @property
    def _practice(self) -> Practice:
        practice: Practice = self.stage.lms.app.extensions[EXTENSION]
        return practice

    def open(self, user: str = "teacher", context_id: str = "") -> Page:
        """Somebody opens the tool from the course, or from a copy of it."""
        answer = self.stage.launch(user_id=user, **({"context_id": context_id} if context_id else {}))
        assert answer.status_code == 303, answer.text
        browser = requests.Session()
        # With its mark Secure it goes back to http://localhost in browsers, but not in requests.
        browser.cookies.set(*self.stage.cookie.split("=", 1))
        return Page.of(browser, urljoin(self.stage.url, answer.headers["Location"]))

    def badge(self, name: str) -> Page:
        """The badge with its learners, as the teacher sees it."""
        return self.open().follow(name)

    def quiz(self, learner: str, score: float) -> None:
        """A learner's grade in the quiz reaches the tool, and all that follows from it is done. Some time after what
        was before: an LMS that counts whole seconds takes nothing of the same second."""
        self.pass_time(seconds=3)
        body = {"user_id": learner, "activity_id": "quiz-safety", "score": score}
        self.stage.lms.call("POST", "grade", body)
        self.deliver()

    def deliver(self) -> None:
        self._practice.streams.deliver_due()
        self._practice.sender.deliver_due()
        self.stage.work()

    def pass_time(self, **amount: float) -> None:
        self.clock.ahead += timedelta(**amount)
        self.stage.lms.ahead = self.clock.ahead
        self.stage.work()

    def publish(self, name: str, choice: str = "publish:now", **options: str) -> Page:
        """The teacher makes a badge for 80 % in the quiz, with these of her “More options”, and publishes it."""
        page = self.open().at("/badges/new").press("add:rule:item_score", {"name": name})
        offered = page.html.find(lambda one: one.tag == "option" and "quiz" in one.text.lower())
        assert offered is not None, page.text
        rule = {"rule.0.target": offered.get("value"), "rule.0.minimum": "80"}
        asked = page.press("publish", rule | options)
        return asked.press(choice) if choice else asked

    def score(self, learner: str, badge: str) -> float | None:
        """What stands in the badge's column of the LMS's gradebook."""
        gradebook = self.stage.lms.call("GET", "gradebook")
        column = next(one["id"] for one in gradebook["columns"] if one["label"] == badge)
        row = next(one for one in gradebook["rows"] if one["user_id"] == learner)
        given: float | None = row["tool_scores"].get(str(column))
        return given


@contextmanager
def story_course(
    like: str, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, **settings: str
) -> Iterator[StoryCourse]:
    """An LMS of this form that is connected and sends its grades, and its course, opened once."""
    for name, value in settings.items():
        monkeypatch.setenv(f"LTI_BADGES_{name.upper()}", value)
    clock = MovedClock()
    with staged(folder, database_url, monkeypatch, like, clock=clock) as stage:
        stage.connect()
        stage.launch()
        stage.accept()
        stage.launch()
        stage.work()
        course = StoryCourse(stage, clock)
        if like == "canvas":
            _subscribe(stage)
        course.quiz("learner-5", 10)  # an event names the quiz
        yield course


def _subscribe(stage: Stage) -> None:
    stream = Stream(jwks_url=f"{stage.lms.url}/data-services/jwks")
    keys = ManageSourceKeys(stage.house.transactions, stage.house.clock, "default")
    made = keys.add(stage.registration.id, SOURCE, stream.to_json())
    address = address_of(stage.url, stage.registration.id, made.key_id, stream, made.secret)
    stage.lms.call("POST", "streams", {"url": address, "format": "canvas", "signed": True})
