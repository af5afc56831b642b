"""Many at once: made-up keys, and one token from many clients, which is a matter of the databases."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from lti_tool.db.tables.platform import launch_sessions
from lti_tool.lti import claims as c
from tests.certification.rows import ROWS
from tests.factories.house import BASE_URL, DEPLOYMENT, REGISTRATION
from tests.factories.whole_site import WholeSite, whole_site
from tests.fakes.lti_platform import segment
from tests.fakes.lti_stage import Stage, data_attribute, refusal_code

row = pytest.mark.row
LAUNCH_URL = f"{BASE_URL}/lti/{REGISTRATION}/launch"
COOKIE = "__Host-ltib"


@pytest.mark.slow
@row("JK10")
def test_ten_thousand_launches_with_made_up_keys_make_one_fetch(stage: Stage) -> None:
    """Each comes over HTTP with a key of its own, all within thirty seconds. They use nothing up."""
    login = stage.login()
    good = stage.platform.sign(stage.platform.claims(login.nonce))
    rest = good.partition(".")[2]
    codes: Counter[str] = Counter()
    for number in range(10_000):
        header = segment(f'{{"alg":"RS256","kid":"made-up-{number}"}}')
        codes[refusal_code(stage.post(login.state, f"{header}.{rest}"))] += 1
        stage.clock.advance(0.0029)
    assert codes == {ROWS["JH15"]: 1, ROWS["JK10"]: 9_999}
    assert len(stage.web.calls) == 1
    stage.accepted(stage.post(login.state, good))


@pytest.fixture
def tool(published_database_url: str, tmp_path: Path) -> Iterator[WholeSite]:
    """The whole tool, on SQLite and on PostgreSQL."""
    with whole_site(published_database_url, tmp_path) as site:
        yield site


class Posting:
    """One good launch, to be posted by many clients of one browser's cookie."""

    def __init__(self, site: WholeSite) -> None:
        self.site = site
        site.launch("ben")  # the platform's keys are there, as on any day
        browser = site.app.test_client()
        params = {
            "iss": "https://lms.example.edu",
            "client_id": "client-1",
            "login_hint": "ana",
            "target_link_uri": LAUNCH_URL,
        }
        page = browser.post(f"/lti/{REGISTRATION}/login", data=params)
        query = parse_qs(urlsplit(data_attribute(page, "auth-url")).query)
        cookie = browser.get_cookie(COOKIE, domain=urlsplit(BASE_URL).netloc)
        assert cookie is not None
        self.cookie = cookie.value
        claims = {
            "iss": "https://lms.example.edu",
            "sub": "ana",
            c.DEPLOYMENT_ID: DEPLOYMENT,
            c.TARGET_LINK_URI: LAUNCH_URL,
            c.AGS_ENDPOINT: {"scope": [], "lineitems": "https://lms.example.edu/lineitems"},
            c.NRPS_SERVICE: {"context_memberships_url": "https://lms.example.edu/members"},
        }
        signed = site.platform.sign(site.platform.claims(query["nonce"][0], **claims))
        self.form = {"state": query["state"][0], "id_token": signed}
        self.codes: Counter[str] = Counter()

    def run(self, clients: int, times: int) -> None:
        start = threading.Barrier(clients)

        def post() -> None:
            browser = self.site.app.test_client()
            browser.set_cookie(COOKIE, self.cookie, domain=urlsplit(BASE_URL).netloc, secure=True)
            start.wait(60)
            for _ in range(times):
                answer = browser.post(f"/lti/{REGISTRATION}/launch", data=self.form)
                self.codes["accepted" if answer.status_code == 303 else refusal_code(answer)] += 1

        threads = [threading.Thread(target=post) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def sessions(self) -> int:
        """Those of this launch's person."""
        mine = launch_sessions.c.person_id == self.site.person_id("ana")
        with self.site.course.house.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(launch_sessions).where(mine)).scalar_one()


@pytest.mark.slow
@row("CL19")
@pytest.mark.parametrize(("clients", "times"), [(100, 1), (8, 125)])
def test_one_token_from_many_clients_opens_one_session(tool: WholeSite, clients: int, times: int) -> None:
    """Whoever finds the login used up already is told so; whoever loses the race for it, that the nonce was used."""
    posting = Posting(tool)
    posting.run(clients, times)
    assert posting.sessions() == 1
    assert posting.codes.pop("accepted") == 1
    assert posting.codes.total() == clients * times - 1
    assert set(posting.codes) <= {ROWS["CL19"], ROWS["ST06"]}
