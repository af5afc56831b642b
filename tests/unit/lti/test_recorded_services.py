"""What a real Moodle 4.4 answered at its services (tests/recordings/moodle/services_*.json), read by our clients.

An exchange is only answered where our request has the recorded method, address and media types: Moodle looks at them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from responses import matchers

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.http.session import HttpSettings, OutgoingHttp
from lti_tool.lti import claims as c
from lti_tool.lti.dynamic_registration import PlatformRegistrar, RegistrationOutcome
from lti_tool.lti.gradebook import AgsGradebook
from lti_tool.lti.own_results import AgsResultsReader
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.lti.settings import LtiSettings
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import registration
from tests.fakes.signing import FakeKeys
from tests.fakes.transactions import MemoryTransactions

RECORDINGS = Path(__file__).parents[2] / "recordings" / "moodle"
HOST = "http://127.0.0.1:8089"
TOKEN_URL = f"{HOST}/mod/lti/token.php"
ITEMS = f"{HOST}/mod/lti/services.php/4/lineitems?type_id=1"
COUPLED = f"{HOST}/mod/lti/services.php/4/lineitems/13/lineitem?type_id=1"
STANDALONE = f"{HOST}/mod/lti/services.php/4/lineitems/14/lineitem?type_id=1"
MEMBERS = f"{HOST}/mod/lti/services.php/CourseSection/4/bindings/1/memberships"
MOODLE: Registration = registration(
    issuer=HOST, auth_login_url=f"{HOST}/mod/lti/auth.php", auth_token_url=TOKEN_URL, product="moodle"
)


def exchange(name: str, note: str) -> dict[str, Any]:
    [found] = [one for one in json.loads((RECORDINGS / f"services_{name}.json").read_text()) if one["note"] == note]
    return found  # type: ignore[no-any-return]


class Moodle:
    """Answers as recorded."""

    def __init__(self, web: responses.RequestsMock) -> None:
        self.web = web
        self.http = OutgoingHttp(HttpSettings(allowed_private_hosts=frozenset({"127.0.0.1:8089"})))
        self.tokens = CachedServiceTokens(self.http, FakeKeys(), FakeClock())
        self.roster = NrpsRoster(self.http, self.tokens)
        self.gradebook = AgsGradebook(self.http, self.tokens)
        self.results = AgsResultsReader(self.http, self.tokens)

    def give_tokens(self) -> None:
        self.web.add("POST", TOKEN_URL, json={"access_token": "t", "expires_in": 3600})

    def answer(self, name: str, *notes: str) -> None:
        for note in notes:
            request, response = exchange(name, note)["request"], exchange(name, note)["response"]
            wanted = {"Accept": request.get("accept"), "Content-Type": request.get("content_type")}
            headers = {key: value for key, value in wanted.items() if value}
            body = response["body"]
            self.web.add(
                request["method"],
                request["url"],
                status=response["status"],
                # A score that was stored is answered with nothing at all.
                body=body if isinstance(body, str) else json.dumps(body),
                content_type=response["content_type"],
                headers={"Link": response["link"]} if "link" in response else {},
                match=[matchers.header_matcher(headers)],
            )

    def post(self, column: str, subject: str, given: float | None = 1.0) -> None:
        at = datetime(2026, 11, 23, 19, 42, tzinfo=UTC)
        self.gradebook.post_score(MOODLE, column, subject=subject, given=given, comment="", at=at)

    def sent(self) -> Any:
        return json.loads(self.web.calls[-1].request.body or "")


@pytest.fixture
def moodle() -> Iterator[Moodle]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        yield Moodle(web)


@pytest.fixture
def served(moodle: Moodle) -> Moodle:
    moodle.give_tokens()
    return moodle


def course(**changes: Any) -> Course:
    return Course("c", "reg-1", "1", "4", "Badge Course 101", **({"lineitems_url": ITEMS} | changes))


def refusal(call: Any) -> tuple[str, int]:
    with pytest.raises(ServiceError) as refused:
        call()
    return refused.value.code, refused.value.status


@pytest.mark.parametrize(
    ("note", "scopes"),
    [("all scopes", (c.SCOPE_LINEITEM, c.SCOPE_SCORE, c.SCOPE_ROSTER)), ("one scope", (c.SCOPE_ROSTER,))],
)
def test_a_token_though_it_comes_as_a_page(moodle: Moodle, note: str, scopes: tuple[str, ...]) -> None:
    moodle.answer("token", note)
    assert moodle.tokens.get(MOODLE, scopes) == "recorded"


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("mixed known+unknown scope", "token.scope_refused"),  # Moodle drops the unknown one and says nothing
        ("unknown scope only", "token.scope_refused"),
        ("iat 2s in future", "token.clock"),
        ("exp past", "token.clock"),
        ("sub unknown", "token.client_refused"),
        ("bad signature", "token.signature_refused"),
        ("unknown kid", "token.refused"),  # its answer is not even JSON
        ("no kid", "token.refused"),
    ],
)
def test_no_token(moodle: Moodle, note: str, code: str) -> None:
    moodle.answer("token", note)
    assert refusal(lambda: moodle.tokens.get(MOODLE, [c.SCOPE_ROSTER, "https://lms.example/unknown"]))[0] == code


def test_the_whole_roster_without_pages(served: Moodle) -> None:
    served.answer("roster", "members all")
    members = served.roster.read(MOODLE, course(memberships_url=MEMBERS))
    recorded = exchange("roster", "members all")["response"]["body"]["members"]
    assert [member.subject for member in members] == [row["user_id"] for row in recorded]
    assert [list(member.roles) for member in members] == [row["roles"] for row in recorded]
    assert {member.status for member in members} == {"Active"}
    student = next(member for member in members if member.subject == "18")
    assert student.name == "Stu1 Dent1"
    assert {alias.key for alias in student.aliases} >= {("sis_user_id", "S-1"), ("login", "student1")}


def test_a_helper_is_a_learner_and_a_suspended_one_is_missing(served: Moodle) -> None:
    served.answer("roster", "NRPS with TA + suspended")
    members = {m.subject: m.roles for m in served.roster.read(MOODLE, course(memberships_url=MEMBERS))}
    assert members["24"] == ("Learner",)  # "Tom Assistant", whose launch says Instructor
    assert "25" not in members


def test_its_pages_are_followed_letter_by_letter(served: Moodle) -> None:
    """The third page was not recorded: without it the roster is none."""
    served.answer("roster", "limit2", "limit2from2", "last")
    first = exchange("roster", "limit2")["request"]["url"]
    code, _ = refusal(lambda: served.roster.read(MOODLE, course(memberships_url=first)))
    assert code == "nrps.unavailable"
    asked = [call.request.url for call in served.web.calls[1:]]
    assert asked[:2] == [first, exchange("roster", "limit2from2")["request"]["url"]]
    assert asked[2] == f"{MEMBERS}?limit=2&from=4"
    last = exchange("roster", "last")["request"]["url"]
    rest = exchange("roster", "last")["response"]["body"]["members"]
    assert len(served.roster.read(MOODLE, course(memberships_url=last))) == len(rest)


@pytest.mark.parametrize(
    ("note", "refused"),
    [
        ("rlid bad", ("nrps.refused", 404)),
        ("course 999", ("nrps.refused", 404)),
        ("wrong scope", ("nrps.refused", 401)),
    ],
)
def test_no_roster(served: Moodle, note: str, refused: tuple[str, int]) -> None:
    served.answer("roster", note)
    url = exchange("roster", note)["request"]["url"]
    assert refusal(lambda: served.roster.read(MOODLE, course(memberships_url=url))) == refused


def test_a_column_is_made(served: Moodle) -> None:
    served.answer("gradebook", "create standalone")
    made = served.gradebook.make_column(MOODLE, course(), resource_id="badge-77", label="Standalone item")
    assert made == exchange("gradebook", "create standalone")["response"]["body"]["id"]
    assert served.sent() == {
        "scoreMaximum": 1,
        "label": "Standalone item",
        "resourceId": "badge-77",
        "tag": "lti-badges",
    }


def test_no_column_of_the_list_is_taken_for_ours_but_ours(served: Moodle) -> None:
    served.answer("gradebook", "list after creates")
    rows = exchange("gradebook", "list after creates")["response"]["body"]
    foreign = [row for row in rows if row.get("resourceId") and row.get("tag")]
    assert foreign
    # What was recorded has other tags.
    assert served.gradebook.columns(MOODLE, course(), resource_id=foreign[0]["resourceId"]) == []


def test_its_broken_links_are_no_pages(served: Moodle) -> None:
    """Asked in pages, Moodle answers with typographic quotes and "&amp;" in its links. We do not ask in pages, and
    where an address already does, nothing that is broken is followed."""
    served.answer("gradebook", "list limit 2")
    paged = exchange("gradebook", "list limit 2")["request"]["url"]
    served.gradebook.columns(MOODLE, course(lineitems_url=paged), resource_id="badge-77")
    assert [call.request.url for call in served.web.calls[1:]] == [paged]


def test_a_column_is_renamed_with_all_that_it_has(served: Moodle) -> None:
    served.answer("gradebook", "get after put", "put standalone max 50->200")
    served.gradebook.rename_column(MOODLE, STANDALONE, "Badge: Orbits")
    held = exchange("gradebook", "get after put")["response"]["body"]
    assert served.sent() == {**held, "label": "Badge: Orbits"}


def test_a_column_of_a_quiz_is_not_there(served: Moodle) -> None:
    served.answer("gradebook", "get foreign quiz item")
    url = exchange("gradebook", "get foreign quiz item")["request"]["url"]
    assert refusal(lambda: served.gradebook.rename_column(MOODLE, url, "x")) == ("gradebook.refused", 404)


def test_a_score_is_stored_and_read(served: Moodle) -> None:
    served.answer("gradebook", "1 coupled 85/100", "1r")
    served.post(COUPLED, "18")
    stored = set(exchange("gradebook", "1 coupled 85/100")["request"]["body"])
    assert set(served.sent()) - {"comment"} == stored
    assert served.gradebook.score_of(MOODLE, COUPLED, "18") == 0.85


@pytest.mark.parametrize(
    ("note", "subject", "refused"),
    [
        ("2 same timestamp", "18", ("gradebook.refused", 409)),
        ("3 older timestamp", "18", ("gradebook.refused", 409)),
        ("6 unenrolled", "23", ("gradebook.refused", 400)),
        ("7 teacher", "17", ("gradebook.refused", 400)),
        ("8c non-numeric user", "abc", ("gradebook.unavailable", 502)),
        ("21 only NRPS scope", "18", ("gradebook.refused", 401)),
    ],
)
def test_a_score_is_refused(served: Moodle, note: str, subject: str, refused: tuple[str, int]) -> None:
    served.answer("gradebook", note)
    assert refusal(lambda: served.post(COUPLED, subject)) == refused


def test_a_score_that_only_tells_of_progress_is_never_posted(served: Moodle) -> None:
    """What Moodle does with one: it takes the grade away, as "9r" shows."""
    assert exchange("gradebook", "9 Pending with score")["response"]["status"] == 200
    served.answer("gradebook", "9 Pending with score", "9r")
    assert served.gradebook.score_of(MOODLE, COUPLED, "21") is None
    for given in (1.0, None):
        served.post(COUPLED, "21", given)
        assert served.sent()["gradingProgress"] == "FullyGraded"


@pytest.mark.parametrize(
    ("note", "column"), [("31 results standalone", STANDALONE), ("32 results coupled all", COUPLED)]
)
def test_all_results(served: Moodle, note: str, column: str) -> None:
    served.answer("gradebook", note)
    recorded = exchange("gradebook", note)["response"]["body"]
    found = served.results.read(MOODLE, column)
    assert [(one.subject, one.score, one.maximum) for one in found] == [
        (row["userId"], row.get("resultScore"), row["resultMaximum"]) for row in recorded
    ]
    assert len(served.web.calls) == 2


def test_the_results_of_nobody(served: Moodle) -> None:
    served.answer("gradebook", "35 user unknown")
    assert served.gradebook.score_of(MOODLE, COUPLED, "99999") is None


def test_results_in_pages_crash_moodle(served: Moodle) -> None:
    served.answer("gradebook", "33 limit with type_id")
    assert refusal(lambda: served.results.read(MOODLE, COUPLED + "&limit=2")) == ("results.refused", 404)


CONFIGURATION_URL = f"{HOST}/mod/lti/openid-configuration.php"


def whole(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def register(moodle: Moodle) -> RegistrationOutcome:
    configuration = whole("openid_configuration")["response"]["body"]
    moodle.web.add("GET", CONFIGURATION_URL, json=configuration)
    settings = LtiSettings("http://localhost:9001")
    registrar = PlatformRegistrar(moodle.http, MemoryTransactions(), FakeClock(), settings)
    return registrar.register(CONFIGURATION_URL, "one-time", "reg-7", tenant_id="tenant-1", name="Our Moodle")


def test_a_registration_brings_what_moodle_gave(moodle: Moodle) -> None:
    """The answer was to another tool, which stood at the same address and asked for more."""
    answer = whole("registration_response")["response"]["body"]
    moodle.web.add("POST", f"{HOST}/mod/lti/openid-registration.php", json=answer)
    outcome = register(moodle)
    made = outcome.registration
    assert (made.issuer, made.client_id, outcome.deployment_ids) == (HOST, answer["client_id"], ["1"])
    assert (made.auth_login_url, made.auth_token_url, made.jwks_url) == (
        f"{HOST}/mod/lti/auth.php",
        f"{HOST}/mod/lti/token.php",
        f"{HOST}/mod/lti/certs.php",
    )
    assert (made.product, made.state, made.issuing) == ("moodle", RegistrationState.PENDING, True)
    assert set(made.service_scopes) <= set(answer["scope"].split())
    assert {c.SCOPE_ROSTER, c.SCOPE_SCORE, c.SCOPE_LINEITEM} <= set(made.service_scopes)
    sent = moodle.web.calls[-1].request
    assert sent.headers["Authorization"] == "Bearer one-time"
    assert json.loads(sent.body or "")["redirect_uris"] == ["http://localhost:9001/lti/reg-7/launch"]
    # What that tool was and ours is not is shown to the administrator.
    assert outcome.differences


def test_moodle_takes_a_registration_token_once(moodle: Moodle) -> None:
    moodle.web.add("POST", f"{HOST}/mod/lti/openid-registration.php", status=401, body="token_already_used")
    with pytest.raises(BadgeToolError) as refused:
        register(moodle)
    assert refused.value.code.startswith("reg.")
    assert "token_already_used" not in str(refused.value)
