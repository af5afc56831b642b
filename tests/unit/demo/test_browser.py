"""The headless browser against a small site of two hosts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from werkzeug.datastructures import Headers
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from lti_tool.demo.browser import Browser, Tab
from lti_tool.demo.page import PageMissing

Answer = Callable[[Request], Response]


class Site:
    """Answers by path; reached as localhost and as 127.0.0.1, which are two sites."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.port = 0

    def __call__(self, environ: dict[str, object], start: object) -> object:
        request = Request(environ)  # type: ignore[arg-type]
        answer = self.pages.get(request.path)
        return (answer(request) if answer else Response("none", 404))(environ, start)  # type: ignore[arg-type]

    def put(self, path: str, html: str, status: int = 200, **headers: str) -> None:
        self.pages[path] = lambda request: page(html, status, **headers)

    def at(self, path: str, host: str = "localhost") -> str:
        return f"http://{host}:{self.port}{path}"


def page(html: str, status: int = 200, **headers: str) -> Response:
    named = Headers([(name.replace("_", "-"), value) for name, value in headers.items()])
    return Response(html, status, named, mimetype="text/html")


def echo(request: Request) -> Response:
    files = {name: one.filename for name, one in request.files.items()}
    return page(f"{request.method} {sorted(request.form.items())} {files} {request.headers.get('Cookie', '-')}")


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    server = make_server("127.0.0.1", 0, made, threaded=True)  # type: ignore[arg-type]
    made.port = server.port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made.pages["/echo"] = echo
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tab() -> Tab:
    return Browser().tab()


def test_303_drops_the_body_and_307_repeats_it(site: Site, tab: Tab) -> None:
    site.put("/form", "<form method=post action=/go><input name=a value=1><button>Go</button></form>")
    site.put("/go", "", 303, Location="/echo")
    tab.open(site.at("/form"))
    assert tab.press("Go").text.startswith("GET []")
    site.put("/go", "", 307, Location="/echo")
    tab.open(site.at("/form"))
    assert tab.press("Go").text.startswith("POST [('a', '1')]")


def test_cookies_come_back_and_stay_with_their_browser(site: Site, tab: Tab) -> None:
    site.put("/set", "", Set_Cookie="__Host-a=1; Secure; Path=/")
    tab.open(site.at("/set"))
    assert tab.open(site.at("/echo")).text.endswith("__Host-a=1")
    assert Browser().tab().open(site.at("/echo")).text.endswith("-")


def test_a_frame_gets_no_cookie_of_the_window(site: Site, tab: Tab) -> None:
    site.put("/set", "", Set_Cookie="a=1; Path=/")
    tab.open(site.at("/set"))
    site.put("/outer", f"<iframe id=tool src={site.at('/echo')}></iframe>")
    tab.open(site.at("/outer", "127.0.0.1"))
    assert tab.frame("tool").page.text.endswith("-")


def test_a_frame_that_its_page_forbids_is_not_shown(site: Site, tab: Tab) -> None:
    site.put("/outer", f"<iframe id=tool src={site.at('/inner')}></iframe>")
    tab.open(site.at("/outer", "127.0.0.1"))
    site.put("/inner", "hello", Content_Security_Policy="default-src 'none'; frame-ancestors 'self'")
    with pytest.raises(PageMissing, match="frame"):
        tab.frame("tool")
    allowed = f"frame-ancestors http://127.0.0.1:{site.port}"
    site.put("/inner", "hello", Content_Security_Policy=allowed)
    assert tab.frame("tool").page.text == "hello"


def test_a_form_goes_only_where_the_policy_lets_it(site: Site, tab: Tab) -> None:
    form = f"<form method=post action={site.at('/echo', '127.0.0.1')}><button>Go</button></form>"
    site.put("/form", form, Content_Security_Policy="form-action 'self'")
    tab.open(site.at("/form"))
    with pytest.raises(PageMissing, match="forbids"):
        tab.press("Go")


def test_a_login_page_goes_on_only_if_the_cookie_came_back(site: Site, tab: Tab) -> None:
    login = '<div id=lti-login data-cookie-check-url=/check data-auth-url="/echo?auth" data-continue-url="/echo?again">'
    site.put("/login", login)
    for state, ends_at in (("same", "/echo?auth"), ("other", "/echo?again"), ("none", "/login")):
        site.pages["/check"] = lambda request, state=state: Response(f'{{"cookie": "{state}"}}')  # type: ignore[misc]
        assert tab.open(site.at("/login")).url == site.at(ends_at)


def test_a_form_that_sends_itself_is_sent(site: Site, tab: Tab) -> None:
    site.put("/start", "<form id=auto-submit method=post action=/echo><input name=state value=s></form>")
    assert tab.open(site.at("/start")).text.startswith("POST [('state', 's')]")
    assert tab.browser.sent[-1].fields == [("state", "s")]


def test_a_region_follows_the_server(site: Site, tab: Tab) -> None:
    site.put("/live", "<body data-launch-token=t><div data-live-url=/new data-live-version=1><p>old</p></div>")
    asked: list[tuple[str, str | None]] = []

    def news(request: Request) -> Response:
        asked.append((request.form["version"], request.headers.get("X-Launch-Token")))
        changed = request.form["version"] == "1"
        return Response('{"version": "2", "html": "<p>new</p>"}' if changed else '{"version": "2", "html": null}')

    site.pages["/new"] = news
    tab.open(site.at("/live"))
    assert tab.page.text == "old"
    tab.refresh()
    tab.refresh()
    assert tab.page.text == "new"
    assert asked == [("1", "t"), ("2", "t")]


def test_endless_redirects_and_missing_things_are_errors(site: Site, tab: Tab) -> None:
    site.put("/round", "", 302, Location="/round")
    with pytest.raises(PageMissing, match="circles"):
        tab.open(site.at("/round"))
    tab.open(site.at("/echo"))
    with pytest.raises(PageMissing, match="no link"):
        tab.click("Nowhere")
    with pytest.raises(PageMissing, match="no button"):
        tab.press("Nothing")
    with pytest.raises(PageMissing, match="no frame"):
        tab.frame("tool")
