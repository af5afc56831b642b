"""What changed in the course since a rule was made, in words, with what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.domain.drift import Change, Drift, Key
from lti_tool.domain.phrases import number
from lti_tool.domain.platform import Activity

# Change -> what one click says.
ACCEPT = {
    Change.RENAMED: "Take the new name",
    Change.HIDDEN: "Leave it so",
    Change.POINTS: "Take the new points",
}
_KINDS = {"item": "activity", "module": "module", "outcome": "outcome", "group": "group"}


@dataclass(frozen=True, slots=True)
class DriftRow:
    """`key` names the thing in a form ("item:quiz-1"); `accept` is "" where it has to be replaced or dropped."""

    text: str
    key: str
    accept: str
    choices: tuple[tuple[str, str], ...] = ()


def drift_rows(drifts: Iterable[Drift], choices: dict[str, list[Activity]] | None = None) -> list[DriftRow]:
    return [
        DriftRow(_text(one), key_text(one.key), ACCEPT.get(one.change, ""), _choices(one, choices or {}))
        for one in drifts
    ]


def key_text(key: Key) -> str:
    return ":".join(key)


def key_of(text: str) -> Key:
    kind, _, id_ = text.partition(":")
    return kind, id_


def _text(drift: Drift) -> str:
    was, now = drift.was, drift.now
    what = _KINDS.get(drift.key[0], "thing")
    name = (was or now).title if was or now else ""  # type: ignore[union-attr]
    if drift.change is Change.DELETED or was is None or now is None:
        named = f"the {what} “{name}”" if name else f"an {what}" if what[0] in "aeiou" else f"a {what}"
        return f"The course does not list {named} any more. Nobody new can be seen to do it"
    if drift.change is Change.RENAMED:
        return f"The {what} “{was.title}” is called “{now.title}” now"
    if drift.change is Change.HIDDEN:
        return f"The {what} “{now.title}” is hidden from learners, or not published"
    return f"“{now.title}” has {number(now.maximum or 0)} points now, not {number(was.maximum or 0)}"


def _choices(drift: Drift, choices: dict[str, list[Activity]]) -> tuple[tuple[str, str], ...]:
    if drift.change is not Change.DELETED:
        return ()
    return tuple((one.id, one.title or one.id) for one in choices.get(drift.key[0], ()))
