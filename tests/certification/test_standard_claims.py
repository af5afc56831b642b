"""CL: issuer, audience, times, nonce and subject, in launches and in messages that come without a browser."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from tests.certification.refusing import LAUNCH, PATHS, refuse, refuse_token
from tests.factories.whole_site import WholeSite
from tests.fakes.finished_launch import finish_launch
from tests.fakes.lti_platform import BASE_URL, CLIENT_ID, GONE, ISSUER
from tests.fakes.lti_stage import Stage

row = pytest.mark.row
NOW = 1772442000  # FakeClock's 2026-03-02T09:00:00Z

CASES: list[tuple[str, dict[str, Any], int]] = [
    ("CL01", {"iss": GONE}, 401),
    ("CL02", {"iss": "https://other.example"}, 401),
    ("CL02-slash", {"iss": ISSUER + "/"}, 401),
    ("CL02-list", {"iss": [ISSUER]}, 401),
    ("CL03", {"aud": GONE}, 401),
    ("CL03-empty", {"aud": []}, 401),
    ("CL04", {"aud": "another"}, 401),
    ("CL05", {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}, 401),
    ("CL05-object", {"aud": [CLIENT_ID, {}], "azp": CLIENT_ID}, 401),
    ("CL06", {"aud": [CLIENT_ID, BASE_URL]}, 401),
    ("CL07", {"azp": "another"}, 401),
    ("CL07-list", {"aud": [CLIENT_ID, BASE_URL], "azp": BASE_URL}, 401),
    ("CL08", {"exp": GONE}, 401),
    ("CL09", {"iat": NOW - 160, "exp": NOW - 60}, 401),
    ("CL10", {"iat": NOW + 61, "exp": NOW + 120}, 401),
    ("CL11", {"iat": GONE}, 401),
    ("CL12", {"iat": NOW - 7200, "exp": NOW + 365 * 86400}, 401),
    ("CL13", {"iat": NOW, "exp": NOW}, 401),
    ("CL14-text", {"exp": str(NOW + 60)}, 401),
    ("CL14-float", {"exp": NOW + 60.5}, 401),
    ("CL14-bool", {"exp": True}, 401),
    ("CL14-issued", {"iat": True}, 401),
    ("CL15", {"nbf": NOW + 61}, 401),
    ("CL16", {"nonce": GONE}, 401),
    ("CL16-empty", {"nonce": ""}, 401),
    ("CL16-number", {"nonce": 7}, 401),
]
OF_A_LAUNCH: list[tuple[str, dict[str, Any], int]] = [
    ("CL17", {"nonce": "never-issued"}, 401),
    ("CL17-odd", {"nonce": "\x00é"}, 401),
    ("CL21", {"sub": GONE}, 403),
    ("CL21-empty", {"sub": ""}, 403),
    ("CL22-long", {"sub": "s" * 256}, 400),
    ("CL22-number", {"sub": 7}, 400),
    ("CL22-control", {"sub": "a\x00b"}, 400),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("case", "changes", "status"), [pytest.param(*case, id=case[0], marks=row(case[0][:4])) for case in CASES]
)
def test_claims_are_refused(stage: Stage, path: str, case: str, changes: dict[str, Any], status: int) -> None:
    refuse_token(stage, path, case[:4], status, lambda stage, good: stage.platform.sign(_changed(good, changes)))


@pytest.mark.parametrize(
    ("case", "changes", "status"),
    [pytest.param(*case, id=case[0], marks=row(case[0][:4])) for case in OF_A_LAUNCH],
)
def test_claims_of_a_launch_are_refused(stage: Stage, case: str, changes: dict[str, Any], status: int) -> None:
    refuse_token(stage, LAUNCH, case[:4], status, lambda stage, good: stage.platform.sign(_changed(good, changes)))


def _changed(claims: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**claims, **changes}.items() if value is not GONE}


@row("CL18")
def test_nonce_used_before(stage: Stage) -> None:
    first = stage.login()
    stage.accepted(stage.post(first.state, stage.platform.sign(stage.platform.claims(first.nonce))))
    second = stage.login()
    again = stage.platform.sign(stage.platform.claims(first.nonce))
    refuse(stage, "CL18", 401, lambda: stage.post(second.state, again), secrets=[first.nonce, again])


@row("CL20")
def test_nonce_of_a_login_that_took_too_long(stage: Stage) -> None:
    old = stage.login()
    stage.clock.advance(600)
    fresh = stage.login()
    late = stage.platform.sign(stage.platform.claims(old.nonce))
    refuse(stage, "CL20", 401, lambda: stage.post(fresh.state, late), secrets=[old.nonce])


@row("CL19")
def test_of_a_hundred_posts_of_one_nonce_at_once_one_opens_a_session(stage: Stage) -> None:
    """All hundred find the login before the first of them uses it up."""
    login = stage.login()
    cookie = stage.browser.get_cookie("__Host-ltib")
    assert cookie is not None
    form = {"state": login.state, "id_token": stage.platform.sign(stage.platform.claims(login.nonce))}
    ready, codes = threading.Barrier(100), Counter[str]()

    def run() -> None:
        try:
            finish_launch(stage.tool, stage.transactions, "reg-1", form, cookie.value, None)
            codes["accepted"] += 1
        except BadgeToolError as error:
            codes[error.code] += 1

    def hold() -> None:
        ready.wait(60)
        stage.clock.advance(0.001)

    stage.transactions.before_writing = hold
    threads = [threading.Thread(target=run) for _ in range(ready.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {"accepted": 1, "claim.nonce_used": 99}


SPELLINGS = ("admin", "Admin", " admin", "admin ", "\u0430dmin", "0", "00", "1", "e\u0301", "\u00e9")


@row("CL23")
def test_each_spelling_of_a_subject_is_a_person_of_her_own(site: WholeSite) -> None:
    """The last two look alike and differ in their code points; the fifth begins with a Cyrillic letter."""
    people = []
    for subject in SPELLINGS:
        sessions = [site.launch(subject).session_id for _ in range(2)]
        with site.course.house.transactions(write=False) as unit:
            found = [unit.launch_sessions.get(session, site.course.clock.now()) for session in sessions]
            people += [unit.people.get(session.person_id) for session in found if session]
    assert [person.subject for person in people if person] == [subject for subject in SPELLINGS for _ in range(2)]
    assert len({person.id for person in people if person}) == len(SPELLINGS)
