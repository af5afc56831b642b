"""Canvas at the whole site: what it signs is sent to the tool, whose key set is a web page of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from lti_tool.domain.aliases import Alias, AliasKind, CourseAlias, CourseAliasKind
from lti_tool.domain.platform import RegistrationState
from lti_tool.sources.canvas_live_events import JWKS_URL, SOURCE, Stream
from lti_tool.usecases.source_keys import ManageSourceKeys, NewKey
from tests.factories import canvas_events as canvas
from tests.factories.house import REGISTRATION
from tests.factories.whole_site import WholeSite, whole_site

OTHER, WAITING = "reg-2", "reg-waiting"
BEN = 53
RULE = {"type": "item_score", "item": "assignment-640", "minimum": 80, "unit": "percent"}
KEPT = "refused_events"


@dataclass
class LiveEvents:
    """Three platforms have a stream each: ours, another customer's, and one that waits for approval. `unsigned` is a
    second stream of ours, whose address holds its secret."""

    site: WholeSite
    keys: tuple[str, ...] = ("previous", "current", "next")
    streams: dict[str, NewKey] = field(default_factory=dict)
    fetches: int = 0

    def __post_init__(self) -> None:
        lab = self.site.course
        for name in (OTHER, WAITING):
            self.site.add_platform(name, f"https://{name}.example.edu", client=name)
        with lab.house.transactions() as unit:
            unit.courses.save_aliases(lab.course, [CourseAlias(CourseAliasKind.LMS_COURSE_ID, str(canvas.COURSE))])
            for name in (REGISTRATION, OTHER, WAITING):
                held = unit.registrations.get(name)
                assert held is not None
                state = RegistrationState.PENDING if name == WAITING else held.state
                guid = "another.guid" if name == OTHER else canvas.GUID
                unit.registrations.save(replace(held, product="canvas", platform_guid=guid, state=state))
            unit.commit()
        for place, number in enumerate((canvas.ANA, BEN)):
            known = lab.platform.members[place]
            lab.platform.members[place] = replace(known, aliases=(Alias(AliasKind.LMS_USER_ID, str(number)),))
        lab.house.handlers()["read_course"](lab.course.id)
        for name in (REGISTRATION, OTHER, WAITING):
            self.streams[name] = self.add(name)
        self.unsigned = self.add(REGISTRATION, is_signed=False)
        self.site.secrets += [self.unsigned.secret, *(key.secret for key in self.streams.values())]
        self.site.web.add_callback("GET", JWKS_URL, self._key_set)

    def _key_set(self, _: Any) -> tuple[int, dict[str, str], str]:
        self.fetches += 1
        return 200, {}, canvas.json.dumps(canvas.key_set(*self.keys))

    @property
    def manage(self) -> ManageSourceKeys:
        return ManageSourceKeys(self.site.course.house.transactions, self.site.course.clock, "default")

    def add(self, registration_id: str, **stream: Any) -> NewKey:
        return self.manage.add(registration_id, SOURCE, Stream(**stream).to_json())

    def path(self, to: str = REGISTRATION) -> str:
        return f"/canvas-live-events/{to}/{self.streams[to].key_id}"

    @property
    def secret_path(self) -> str:
        return f"/canvas-live-events/{REGISTRATION}/{self.unsigned.key_id}/{self.unsigned.secret}"

    def send(self, said: Any, *, path: str = "", kid: str = "current", **request: Any) -> TestResponse:
        """Signs what is said; bytes are sent as they are."""
        raw = said if isinstance(said, bytes) else canvas.signed(said, kid)
        sent = {"data": raw, "content_type": "application/jwt"} | request
        return self.site.app.test_client().post(path or self.path(), **sent)

    def told(self, *events: Any) -> None:
        """Events that are accepted, and the work that follows."""
        for said in events:
            answer = self.send(said)
            assert answer.status_code in (200, 202), answer.text
        self.site.course.work()

    def publish(self) -> None:
        """A badge for the assignment, of which Canvas has told before."""
        body = {"assignment_id": canvas.whole(canvas.ASSIGNMENT), "context_id": canvas.whole(canvas.COURSE)}
        named = body | {"title": "Risk assessment", "points_possible": 20, "workflow_state": "published"}
        self.told(canvas.event("assignment_created", named))
        self.site.course.publish(RULE)

    def refused(self, code: str, status: int, ask: Callable[[], TestResponse], *, kept: bool = False) -> TestResponse:
        """The refusal alone: no row changed but for the one that is `kept` for the administrator, one line in the log
        that the answer leads to, and no word of the sender's or of a secret in it."""
        before, lines = self.site.rows(), len(self.site.log)
        answer = ask()
        assert answer.status_code == status, answer.text
        problem = answer.get_json()["error"]
        assert problem["code"] == code, problem
        (line,) = self.site.log[lines:]
        assert set(line) == {"event", "log_level", "code", "status", "correlation_id"}
        assert (line["code"], line["correlation_id"]) == (code, problem["correlation_id"])
        assert not any(secret in answer.text + repr(line) for secret in (*self.site.secrets, canvas.HOST, "eyJ"))
        after = self.site.rows()
        assert {name for name, rows in after.items() if rows != before[name]} == ({KEPT} if kept else set())
        assert "Set-Cookie" not in answer.headers
        return answer

    @property
    def stored(self) -> int:
        return len(self.site.rows()["inbox_events"])


@contextmanager
def live_events_at(database_url: str, folder: Path) -> Iterator[LiveEvents]:
    with whole_site(database_url, folder) as site:
        yield LiveEvents(site)
