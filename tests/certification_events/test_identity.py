"""Whatever name a source uses for a learner, it is one person of that platform, or waits and is seen waiting."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lti_tool.domain.aliases import AliasKind
from lti_tool.lti import claims as c
from lti_tool.sources.sender import PERSON_KINDS, Sender
from lti_tool.usecases.source_keys import ManageSourceKeys
from tests.certification_events.hooks import OTHER, Hooks
from tests.certification_events.looking import facts, parked
from tests.factories.house import CONTEXT, REGISTRATION
from tests.factories.whole_site import LEARNER
from tests.functional.sources.senders import WIRES

row = pytest.mark.row
SHARD = 10**13
# What a launch tells, and by which kind of name an event may then call its learner.
TOLD: dict[str, Any] = {
    c.CUSTOM: {
        "canvas_user_id": "71",
        "canvas_user_global_id": str(3 * SHARD + 71),
        "canvas_user_uuid": "k3J9-uuid",
        "canvas_user_login_id": "ana.login",
        "canvas_course_id": "1207",
    },
    c.LIS: {"person_sourcedid": "S-2041", "course_section_sourcedid": "BIO-1"},
    c.LTI11_USER_ID: "40hexdigits",
}
NAMES = {
    "lti": "ana",
    AliasKind.LMS_USER_ID: "71",
    AliasKind.LMS_GLOBAL_USER_ID: str(3 * SHARD + 71),
    AliasKind.LMS_USER_UUID: "k3J9-uuid",
    AliasKind.LOGIN: "ana.login",
    AliasKind.SIS_USER_ID: "S-2041",
    AliasKind.LTI11_USER_ID: "40hexdigits",
}


def completed(hooks: Hooks, kind: str, name: str, **more: Any) -> bytes:
    activity = {"id": f"by-{kind}", "type": "item"}
    said = {"user_id_kind": str(kind), "activity": activity, "completed": True} | more
    return hooks.body(name, type="item.completed", **said)


@row("EV15", "EV26")
def test_every_kind_of_name_leads_to_one_person_and_waits_until_it_is_told(hooks: Hooks) -> None:
    lab = hooks.site.course
    hooks.told(*[completed(hooks, kind, name) for kind, name in NAMES.items()])
    assert parked(lab) == {"event.person_unknown": len(NAMES) - 1}
    page = hooks.site.operator().get("/admin/platforms/reg-1/events").text
    assert f"<strong>{len(NAMES) - 1} events</strong>" in page
    assert "Their learner is not known in the course yet." in page
    hooks.site.launch("ana", LEARNER, **TOLD)
    lab.work()
    assert parked(lab) == {}
    assert {fact.target for fact in facts(lab, "ana")} == {f"by-{kind}" for kind in NAMES}
    hooks.told(*[completed(hooks, kind, name, completed=False) for kind, name in NAMES.items()])
    assert len(facts(lab, "ana")) == len(NAMES)


@row("EV26")
def test_every_kind_of_a_courses_name_leads_to_it(hooks: Hooks) -> None:
    lab = hooks.site.course
    names = {"lti": CONTEXT, "lms_course_id": "1207", "sis_course_id": "BIO-1"}
    said = [completed(hooks, "lti", "ana", activity={"id": kind, "type": "item"}, context_id=name, context_id_kind=kind)
            for kind, name in names.items()]  # fmt: skip
    hooks.told(*said)
    assert parked(lab) == {"event.course_unknown": 2}
    hooks.site.launch("ana", LEARNER, **TOLD)
    lab.work()
    assert (parked(lab), {fact.target for fact in facts(lab, "ana")}) == ({}, set(names))


@row("EV09")
def test_a_name_means_nothing_at_another_platform(hooks: Hooks) -> None:
    hooks.site.launch("ana", LEARNER, **TOLD)
    for kind, name in NAMES.items():
        assert hooks.send(completed(hooks, kind, name), f"other-{kind}", to=OTHER).status_code == 202
    hooks.site.course.work()
    assert facts(hooks.site.course, "ana") == []


@pytest.mark.parametrize("wire", WIRES)
def test_accounts_of_xapi_and_caliper_by_each_kind_that_a_credential_can_say(hooks: Hooks, wire: str) -> None:
    lab = hooks.site.course
    hooks.site.launch("ana", LEARNER, **TOLD)
    keys = ManageSourceKeys(lab.house.transactions, lab.clock, "default")
    site = "https://accounts.example.edu"
    for place, kind in enumerate(PERSON_KINDS):
        key = keys.add(REGISTRATION, wire, Sender(site, kind).to_json())
        said = _with(WIRES[wire].score(NAMES[kind], 60 + place, at=f"2026-08-31T0{place}:00:00Z"), site)
        answer = hooks.site.app.test_client().post(
            WIRES[wire].path(REGISTRATION), json=said, headers=WIRES[wire].headers(key)
        )
        assert answer.status_code in WIRES[wire].statuses, answer.text
        lab.work()
        assert [fact.score for fact in facts(lab, "ana")] == [60 + place], kind


def test_moodles_user_number_is_its_lti_name(hooks: Hooks) -> None:
    hooks.site.launch("4", LEARNER, **{c.TOOL_PLATFORM: {"guid": "g", "product_family_code": "moodle"}})
    hooks.told(completed(hooks, "lms_user_id", "4"), completed(hooks, "lti", "4"))
    assert {fact.target for fact in facts(hooks.site.course, "4")} == {"by-lms_user_id", "by-lti"}


def _with(said: dict[str, Any], site: str) -> dict[str, Any]:
    """The same of accounts of another site."""
    return dict(json.loads(json.dumps(said).replace("https://lms.example.edu", site)))
