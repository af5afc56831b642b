"""One statement: who learnt what, in which course, and how well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources.batch import Said
from lti_tool.sources.lms_addresses import (
    NamedCourse,
    activity_of,
    course_of,
    is_moodle_course,
    moodle_section_of,
    person_elsewhere,
    same_site,
)
from lti_tool.sources.sender import LTI, Sender
from lti_tool.sources.values import identifier, malformed, mapping, moment, title
from lti_tool.sources.xapi import terms
from lti_tool.sources.xapi.result import Score, completion_of, score_of

# The whole course as something a rule can name: its completion is heard like that of a module.
WHOLE_COURSE = Activity("course", "module", "The whole course")


@dataclass(frozen=True, slots=True)
class Identity:
    """`received_at` stands for the time of a statement that has none (`is_timed` False)."""

    id: str
    received_at: datetime
    is_timed: bool
    is_id_wrong: bool = False


def read_statement(value: Any, identity: Identity, sender: Sender, now: datetime) -> Said:
    """What a statement says; nothing for a verb or an object that the tool has no use for. Raises `event.*`."""
    if not isinstance(value, dict) or identity.is_id_wrong:
        raise malformed("A statement is an object, and its id a UUID.")
    verb = mapping(value.get("verb")).get("id")
    if not isinstance(verb, str) or not isinstance(value.get("actor"), dict):
        raise malformed("A statement has an actor and a verb.")
    thing = value.get("object")
    if not isinstance(thing, dict):
        raise malformed("A statement has an object.")
    is_activity = thing.get("objectType", "Activity") == "Activity"
    if verb not in terms.USED or not is_activity or _type(thing) in terms.PARTS:
        return Said()
    score, completed = score_of(verb, value.get("result")), completion_of(verb, value.get("result"))
    if score is None and completed is None:
        return Said()
    said = _subject_and_course(value, thing, identity, sender, now)
    activity, completion_kind, score_kind = _activity(thing, value, score)
    events = []
    if completed is not None:
        events.append(replace(said, kind=completion_kind, target=activity.id, completed=completed))
    if score is not None and score_kind is not None:
        target = "" if score_kind is FactKind.COURSE_GRADE else activity.id
        events.append(
            replace(
                said,
                # One statement may tell both; each is an event with an id of its own.
                event_id=f"{said.event_id}#score" if events else said.event_id,
                kind=score_kind,
                target=target,
                completed=None,
                score=score.given,
                maximum=score.maximum,
            )
        )
    return Said(tuple(events), None if score_kind is FactKind.COURSE_GRADE and completed is None else activity)


def _subject_and_course(
    value: Mapping[str, Any], thing: Mapping[str, Any], identity: Identity, sender: Sender, now: datetime
) -> LearningEvent:
    """Whose it is and where it happened, as an event whose kind is still to be told."""
    course = _course(value, thing, sender)
    return LearningEvent(
        event_id=identity.id,
        source="xapi",
        context_id=course.id,
        context_kind=course.kind,
        subject=_learner(value["actor"], sender),
        subject_kind=sender.person_kind,
        kind=FactKind.ITEM_COMPLETION,
        target="",
        completed=True,
        occurred_at=moment(value["timestamp"], now) if identity.is_timed else identity.received_at,
        is_timed=identity.is_timed,
    )


def _learner(actor: Mapping[str, Any], sender: Sender) -> str:
    """The actor's account: xAPI's actor is who learns. Whoever graded stands in context.instructor, and is not read."""
    account = actor.get("account")
    if actor.get("objectType", "Agent") != "Agent" or not isinstance(account, dict):
        raise BadgeToolError(
            "event.person_unnamed",
            "The learner is not named by an account.",
            status=422,
            hint="Set the sender to name people by their account, not by an e-mail address; groups earn nothing.",
        )
    home_page = account.get("homePage")
    if not isinstance(home_page, str) or not same_site(home_page, sender.home_page):
        raise person_elsewhere()
    return identifier(account.get("name"), "The name of the learner's account")


def _course(value: Mapping[str, Any], thing: Mapping[str, Any], sender: Sender) -> NamedCourse:
    for one in (thing, *_around(value, "parent"), *_around(value, "grouping")):
        if _is_course(one):
            return course_of(_id(one))
    if sender.course_id:
        return NamedCourse(LTI, sender.course_id)
    raise BadgeToolError(
        "event.course_unnamed",
        "The statement names no course.",
        status=422,
        hint="Name the course in context.contextActivities.parent, or make the credential for one course.",
    )


def _is_course(thing: Mapping[str, Any]) -> bool:
    return _type(thing) in terms.COURSES or is_moodle_course(_id(thing))


def _activity(
    thing: Mapping[str, Any], value: Mapping[str, Any], score: Score | None
) -> tuple[Activity, FactKind, FactKind | None]:
    """The activity, and what its completion and its score are. A module has no score of its own."""
    address = _id(thing)
    if _is_course(thing):
        return WHOLE_COURSE, FactKind.MODULE_COMPLETION, FactKind.COURSE_GRADE
    name = _name(thing)
    section = moodle_section_of(address)
    if section or _type(thing) in terms.MODULES:
        module = section or activity_of(address)
        return Activity(module, "module", name or module, url=_link(address)), FactKind.MODULE_COMPLETION, None
    target = activity_of(address)
    parents = list(_around(value, "parent"))
    # Of a submission the assignment around it is what a rule names.
    name = next((_name(one) for one in parents if activity_of(_id(one)) == target and _name(one)), name)
    inside = next((found for one in parents if (found := moodle_section_of(_id(one)))), None)
    maximum = score.maximum if score and not score.is_scaled else None
    activity = Activity(target, "item", name or target, maximum, inside, _link(address))
    return activity, FactKind.ITEM_COMPLETION, FactKind.ITEM_SCORE


def _around(value: Mapping[str, Any], place: str) -> Iterator[Mapping[str, Any]]:
    """Activities of context.contextActivities; 1.0 allows one alone instead of a list (part two, 2.4.6.2)."""
    found = mapping(mapping(value.get("context")).get("contextActivities")).get(place)
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict) and isinstance(one.get("id"), str) and 0 < len(one["id"]) <= 2000:
            yield one


def _type(thing: Mapping[str, Any]) -> str:
    found = mapping(thing.get("definition")).get("type")
    return found if isinstance(found, str) else ""


def _id(thing: Mapping[str, Any]) -> str:
    address = thing.get("id")
    if not isinstance(address, str) or len(address) > 2000:
        raise malformed("The object has no id.")
    return address


def _link(address: str) -> str:
    """Shown as a link, so nothing but a web address: never javascript: or data:."""
    plain = address.partition("#")[0]
    return plain if plain.startswith(("https://", "http://")) and plain.isprintable() else ""


def _name(thing: Mapping[str, Any]) -> str:
    """The object's name in English, else in its first language."""
    names = mapping(mapping(thing.get("definition")).get("name"))
    english = [text for language, text in names.items() if language.lower().split("-")[0] == "en"]
    return next(filter(None, map(title, [*english, *names.values()])), "")
