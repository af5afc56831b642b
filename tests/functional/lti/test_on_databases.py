"""The same on the databases the tool runs on: single use is theirs to keep."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from sqlalchemy import Engine

from lti_tool.db.engine import make_engine
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import Launch
from lti_tool.http.session import HttpSettings, OutgoingHttp
from lti_tool.lti import claims as c
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.recorded_login import adopt_login
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.ports import Issuer
from tests.fakes.clock import FakeClock
from tests.fakes.finished_launch import finish_launch
from tests.fakes.lti_platform import BASE_URL, DEPLOYMENT, JWKS_URL, LAUNCH_URL, FakePlatform, registration
from tests.fakes.lti_stage import LOGIN_PARAMS
from tests.fakes.signing import FakeKeys


@pytest.fixture
def engine(migrated_database_url: str) -> Iterator[Engine]:
    engine = make_engine(migrated_database_url)
    yield engine
    engine.dispose()


class Installed:
    """The tool on a real database, with one approved platform."""

    def __init__(self, engine: Engine) -> None:
        self.clock = FakeClock()
        self.platform = FakePlatform(self.clock)
        self.transactions = SqlTransactions(engine, self.clock)
        with self.transactions() as unit:
            unit.issuers.save(Issuer("tenant-1", "school", "did:web:school.example", "School", BASE_URL))
            unit.registrations.save(registration(created_at=self.clock.now()))
            unit.registrations.save_deployment("reg-1", DEPLOYMENT, "active")
            unit.commit()
        self.states = LoginStates(b"of this test alone")
        self.tool = LtiTool(
            transactions=self.transactions,
            clock=self.clock,
            http=OutgoingHttp(HttpSettings()),
            keys=FakeKeys(),
            settings=LtiSettings(BASE_URL),
            states=self.states,
        )

    def token(self, nonce: str, **changes: object) -> str:
        return self.platform.sign(self.platform.claims(nonce, **changes))


@pytest.fixture
def installed(engine: Engine) -> Iterator[Installed]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        installed = Installed(engine)
        web.add("GET", JWKS_URL, json={"keys": installed.platform.keys})
        yield installed


def finish(installed: Installed, *what: Any) -> Launch:
    return finish_launch(installed.tool, installed.transactions, *what)


def adopt(installed: Installed, nonce: str) -> str:
    return adopt_login(
        installed.states,
        installed.clock,
        registration(),
        nonce=nonce,
        target_link_uri=LAUNCH_URL,
        browser_secret="browser",
    )


def test_of_many_identical_launches_one_is_accepted(installed: Installed) -> None:
    form = {"state": adopt(installed, "nonce-a"), "id_token": installed.token("nonce-a")}
    codes: Counter[str] = Counter()
    start = threading.Barrier(12)

    def run() -> None:
        start.wait()
        try:
            finish(installed, "reg-1", form, "browser", None)
            codes["accepted"] += 1
        except BadgeToolError as error:
            codes[error.code] += 1

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.pop("accepted") == 1
    assert set(codes) <= {"claim.nonce_used", "state.used"}
    assert codes.total() == 11


def test_a_recording_can_be_played_again(installed: Installed) -> None:
    for _ in range(2):
        state = adopt(installed, "recorded")
        launch = finish(installed, "reg-1", {"state": state, "id_token": installed.token("recorded")}, "browser", None)
        assert launch.subject == "user-7"


def test_a_login_is_begun_again_once(installed: Installed) -> None:
    step = installed.tool.begin_login("reg-1", {**LOGIN_PARAMS, "lti_storage_target": "_parent"}, "browser")
    assert step.storage is not None
    again = installed.tool.continue_login(step.state, step.again, "another browser")
    with pytest.raises(BadgeToolError, match=r"login\.handle_unknown"):
        installed.tool.continue_login(step.state, step.again, "another browser")
    assert again.storage is None


@pytest.mark.parametrize("text", ["a\x00b", "🎓" * 50, "x'; drop table nonces; --"])
def test_what_a_stranger_sends_is_no_error_of_ours(installed: Installed, text: str) -> None:
    for attempt in (
        lambda: installed.tool.begin_login(text, LOGIN_PARAMS, "browser"),
        lambda: installed.tool.continue_login(text, LOGIN_PARAMS, "browser"),
        lambda: finish(installed, text, {}, None, None),
        lambda: finish(installed, "reg-1", {"state": text, "id_token": text}, text, text),
    ):
        with pytest.raises(BadgeToolError):
            attempt()
    name = installed.token("n", **{c.DEPLOYMENT_ID: "elsewhere", "name": text, c.CONTEXT: {"id": "4", "title": text}})
    with pytest.raises(BadgeToolError, match=r"lti\.deployment_unknown"):
        finish(installed, "reg-1", {"state": adopt(installed, "n"), "id_token": name}, "browser", None)
    with installed.transactions(write=False) as unit:
        assert unit.registrations.deployments("reg-1") == {DEPLOYMENT: "active", "elsewhere": "pending"}
