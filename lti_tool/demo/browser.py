"""A browser without a window: what a person can do on pages, over HTTP.

It knows nothing of the programs behind the pages. It keeps cookies as strict browsers do, heeds the policies that say
who may frame a page and where its forms may go, and does what the pages' own scripts would do (`page_scripts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin

import requests

from lti_tool.demo import forms, page_scripts
from lti_tool.demo.cookies import CookieJar, Visit
from lti_tool.demo.forms import Submission, Unfillable, Upload
from lti_tool.demo.html_page import Element
from lti_tool.demo.page import Page, PageMissing
from lti_tool.demo.policy import may_be_framed, may_post_to

TIMEOUT_S = 20.0
_MOST_STEPS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it went out, so that a story can send it again."""

    method: str
    url: str
    fields: Fields


@dataclass
class Browser:
    """One person's browser: its cookies, and all that it sent."""

    jar: CookieJar = field(default_factory=CookieJar)
    sent: list[Sent] = field(default_factory=list)
    _http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        # Nothing but what the jar says goes out, and no proxy or .netrc of this machine is used.
        self._http.trust_env = False
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._http.headers.update({"User-Agent": "lti-badges-demo", "Accept": "text/html,*/*;q=0.8"})

    def tab(self) -> Tab:
        """A new tab, with nothing in it."""
        return Tab(self)

    def request(
        self,
        visit: Visit,
        fields: Sequence[tuple[str, str]] = (),
        files: Mapping[str, Upload] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """One request and its answer, redirects not followed."""
        sent_headers = dict(headers or {})
        cookie = self.jar.header_for(visit)
        if cookie:
            sent_headers["Cookie"] = cookie
        self.sent.append(Sent(visit.method, visit.url, list(fields)))
        given = {name: (one.filename, one.content, one.media_type) for name, one in (files or {}).items()}
        response = self._http.request(
            visit.method,
            visit.url,
            data=list(fields) if visit.method == "POST" else None,
            files=given or None,
            headers=sent_headers,
            allow_redirects=False,
            timeout=TIMEOUT_S,
        )
        for line in response.raw.headers.getlist("Set-Cookie"):
            self.jar.keep(visit, line)
        return Page(visit.url, response.status_code, response.headers, response.content)


@dataclass
class Tab:
    """A window or a frame. `around` is the page that frames it, None for a window.

    `rewrite` changes addresses on their way, as somebody would who sits at the browser and means harm.
    """

    browser: Browser
    around: Page | None = None
    rewrite: Callable[[str], str] = str
    _page: Page | None = None

    @property
    def page(self) -> Page:
        """The page it shows."""
        if self._page is None:
            raise PageMissing("nothing is open")
        return self._page

    def open(self, url: str, *, typed: bool = True) -> Page:
        """Goes to an address and on, as redirects and the pages' scripts say."""
        here = self._origin_page()
        return self._go("GET", urljoin(here, url), [], "" if typed else here)

    def click(self, label: str) -> Page:
        """Follows the link with these words (or this id)."""
        link = self.page.link(label)
        if link is None:
            raise PageMissing(f"no link {label!r} on {self.page.url}: {self.page.text[:300]}")
        return self.open(link.get("href"), typed=False)

    def follow(self, label: str) -> Page:
        """Goes where these words lead: a link, or the button that stands for one where no cookie is kept."""
        return self.click(label) if self.page.link(label) is not None else self.press(label)

    def press(
        self,
        button: str,
        values: Mapping[str, str | list[str]] | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> Page:
        """Fills in the form of the button with these words (or this id), and presses it."""
        found = self.page.form_with(button)
        if found is None:
            raise PageMissing(f"no button {button!r} on {self.page.url}: {self.page.text[:300]}")
        return self._fill_in(*found, values or {}, files or {})

    def enter(self, field: str, value: str) -> Page:
        """Types into the field of this name, and presses Enter."""
        found = self.page.form_of(field)
        if found is None:
            raise PageMissing(f"no field {field!r} on {self.page.url}: {self.page.text[:300]}")
        return self._fill_in(*found, {field: value}, {})

    def _fill_in(
        self, form: Element, button: Element, values: Mapping[str, str | list[str]], files: Mapping[str, Upload]
    ) -> Page:
        try:
            made = forms.submit(self.page.document, form, button, values, files)
        except Unfillable as error:
            raise PageMissing(f"on {self.page.url}: {error}") from error
        return self.send(made)

    def send(self, made: Submission) -> Page:
        """Sends what a form of this page made, if the page's policy lets it go there."""
        base = self.page.url
        target = urldefrag(urljoin(base, made.action or base)).url
        if not may_post_to(self.page.policy, base, target):
            raise PageMissing(f"the policy of {base} forbids a form to {target}")
        if made.method == "GET":
            return self._go("GET", f"{target.partition('?')[0]}?{urlencode(made.fields)}", [], base)
        return self._go("POST", target, made.fields, base, made.files)

    def frame(self, element_id: str) -> Tab:
        """The frame with this id, loaded."""
        found = self.page.document.by_id(element_id)
        if found is None or found.tag != "iframe":
            raise PageMissing(f"no frame {element_id!r} on {self.page.url}")
        inner = Tab(self.browser, self.page)
        inner._go("GET", urljoin(self.page.url, found.get("src")), [], self.page.url)
        return inner

    def fetch(self, url: str, headers: Mapping[str, str], fields: Fields | None = None) -> Page:
        """What a script of the page asks for in the background, by POST where there are fields; the page stays."""
        method = "GET" if fields is None else "POST"
        visit = Visit(urljoin(self.page.url, url), method, self.page.url, (self.around or self.page).url)
        return self.browser.request(visit, fields or [], headers=headers)

    def refresh(self) -> None:
        """Brings the parts of the page up to date that follow the server by themselves."""
        for region, question in page_scripts.live_regions(self.page.document):
            answer = self.fetch(question.url, question.headers, question.fields)
            page_scripts.swap(region, answer.json() if answer.status == 200 else {"html": None})

    def _origin_page(self) -> str:
        return self._page.url if self._page else (self.around.url if self.around else "")

    def _go(
        self, method: str, url: str, fields: Fields, initiator: str, files: Mapping[str, Upload] | None = None
    ) -> Page:
        for _ in range(_MOST_STEPS):
            url = self.rewrite(url)
            visit = Visit(url, method, initiator, self.around.url if self.around else "")
            answer = self.browser.request(visit, fields, files)
            where = answer.headers.get("Location", "")
            if answer.status in _REDIRECTS and where:
                url = urljoin(url, where)
                if answer.status not in (307, 308) and method == "POST":
                    method, fields, files = "GET", [], None
                continue
            if answer.headers.get("Content-Disposition", "").startswith("attachment"):
                return answer  # a download: the page stays
            if self.around and not may_be_framed(answer.policy, answer.url, self.around.url):
                raise PageMissing(f"{answer.url} does not let {self.around.url} frame it: {answer.policy}")
            self._page = answer
            script = page_scripts.next_step(answer.document, self._check)
            if script is None:
                return answer
            if isinstance(script, Submission):
                return self.send(script)
            method, fields, files, initiator, url = "GET", [], None, answer.url, urljoin(answer.url, script)
        raise PageMissing(f"the pages go round in circles at {url}")

    def _check(self, url: str) -> Any:
        return self.fetch(url, {"Accept": "application/json"}).json()
