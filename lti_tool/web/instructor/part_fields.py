"""What a condition or a group can say beyond its main line: each as a field of the form, and as members of its JSON.

A field's value is the text that was typed; a box is "1" or "". Texts that cannot be read become JSON that
`criteria.parse` refuses with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from lti_tool.domain.criteria import LEAF_TYPES, Criteria, Requirement
from lti_tool.web.instructor import rubric_text

Control = Literal["text", "lines", "box", "list", "moment", "number"]
LONGEST = 4000
GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class PartField:
    """`choices`: (value, words) of a list; `hint` is shown beside it. `section` is the heading it stands under."""

    name: str
    words: str
    control: Control
    section: str
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


_VALUE = "What is asked"
_WHO = "For whom, and when"
_SKILL = "The skill it assesses"
_LETTER = (
    PartField("letter", "At least the grade", "text", _VALUE, hint="A grade in letters or a level, such as B."),
    PartField("scale", "All grades, the lowest first", "text", _VALUE, hint="Parted by commas: F, D, C, B, A"),
)
_OWN: dict[str, tuple[PartField, ...]] = {
    "item_score": (
        PartField(
            "take",
            "Which attempt counts",
            "list",
            _VALUE,
            (
                ("", "What stands in the gradebook"),
                ("best", "The best attempt"),
                ("latest", "The latest attempt"),
                ("average", "The average of all attempts"),
            ),
        ),
        *_LETTER,
    ),
    "item_submitted": (PartField("on_time", "Only if it was on time", "box", _VALUE),),
    "course_grade": (
        PartField(
            "grade",
            "Which course grade",
            "list",
            _VALUE,
            (
                ("", "The platform's own"),
                ("current", "Current: of graded work"),
                ("final", "Final: missing work counts as zero"),
            ),
        ),
        PartField("calculated", "As it was calculated, whatever a teacher put over it", "box", _VALUE),
        *_LETTER,
    ),
    "outcome_mastered": _LETTER,
    "external_fact": _LETTER,
    "evidence_approved": (PartField("rubric", "Rubric", "lines", _VALUE, hint=rubric_text.HINT),),
}
_OF_LEAF = (
    PartField("skill_name", "Skill", "text", _SKILL),
    PartField("skill_uri", "Its address", "text", _SKILL, hint="https://… in its framework"),
    PartField(
        "skill_kind",
        "Kind of framework",
        "list",
        _SKILL,
        (("", "Other"), ("case", "CASE"), ("esco", "ESCO"), ("ctdl", "CTDL")),
    ),
    PartField("skill_framework", "Framework", "text", _SKILL),
    PartField("skill_code", "Code", "text", _SKILL),
)
_OF_ANY = (
    PartField("optional", "Optional: shown, and not needed", "box", _WHO),
    PartField("only_for", "Only for", "list", _WHO, hint=GROUPS),
    PartField("from", "Done not before", "moment", _WHO, hint="UTC"),
    PartField("until", "Done before", "moment", _WHO, hint="UTC"),
    PartField("since", "Only what was done since enrolment", "box", _WHO),
)


def fields_of(kind: str) -> tuple[PartField, ...]:
    """The fields of a kind of condition, or of a group."""
    return (*_OWN.get(kind, ()), *(_OF_LEAF if kind in LEAF_TYPES else ()), *_OF_ANY)


def read(form: Mapping[str, str], path: str, kind: str) -> tuple[tuple[str, str], ...]:
    """Those that were filled in, in order."""
    found = ((one.name, form.get(f"{path}.{one.name}", "").strip()[:LONGEST]) for one in fields_of(kind))
    return tuple((name, value) for name, value in found if value)


def of_criteria(part: Criteria) -> tuple[tuple[str, str], ...]:
    """Inverse of `to_json`: what the form shows of a stored part."""
    values = {"optional": "1" if part.optional else "", "only_for": "\n".join(part.only_for)}
    if part.window is not None:
        values |= {"from": _typed(part.window.start), "until": _typed(part.window.end)}
        values["since"] = "1" if part.window.since_enrolment else ""
    kind = "group"
    if isinstance(part, Requirement):
        values |= _of_leaf(part)
        kind = next(name for name, leaf in LEAF_TYPES.items() if leaf.kind is part.kind)
    return tuple((one.name, values[one.name]) for one in fields_of(kind) if values.get(one.name))


def _of_leaf(leaf: Requirement) -> dict[str, str]:
    values = {
        "take": "" if leaf.take == "grade" else leaf.take,
        "grade": leaf.grade,
        "calculated": "" if leaf.overrides else "1",
        "on_time": "1" if leaf.on_time else "",
        "letter": leaf.letter,
        "scale": ", ".join(leaf.scale),
        "rubric": rubric_text.to_text(leaf.rubric),
    }
    skill = leaf.skill
    if skill is not None:
        kind = "" if skill.kind == "other" else skill.kind.value
        values |= {"skill_name": skill.name, "skill_uri": skill.uri, "skill_kind": kind}
        values |= {"skill_framework": skill.framework, "skill_code": skill.code}
    return values


def _typed(moment: datetime | None) -> str:
    """As <input type="datetime-local"> has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if moment else ""


def to_json(more: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The members that these fields make."""
    values = dict(more)
    found: dict[str, Any] = {}
    for name, members in _MEMBERS.items():
        if name in values:
            found |= members(values[name])
    window: dict[str, str] = {name: _moment(values[name]) for name in ("from", "until") if name in values}
    window |= {"since": "enrolment"} if "since" in values else {}
    skill = {name.removeprefix("skill_"): value for name, value in values.items() if name.startswith("skill_")}
    return found | ({"window": window} if window else {}) | ({"skill": skill} if skill else {})


def _moment(text: str) -> str:
    """With the zone that the page says; what is no time stays as it is, and is refused."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat()
    except ValueError:
        return text


_MEMBERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "take": lambda value: {"take": value},
    "grade": lambda value: {"grade": value},
    "calculated": lambda _: {"overrides": False},
    "on_time": lambda _: {"on_time": True},
    "letter": lambda value: {"letter": value},
    "scale": lambda value: {"scale": [step.strip() for step in value.split(",") if step.strip()]},
    "rubric": lambda value: {"rubric": rubric_text.to_json(value)},
    "optional": lambda _: {"optional": True},
    "only_for": lambda value: {"only_for": value.splitlines()},
}
