"""What differs between two versions of a badge, in words."""

from __future__ import annotations

from collections import Counter

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.criteria import Criteria, requirements
from lti_tool.domain.sentence import NameOf, criteria_sentence, requirement_sentence


def changes(before: Achievement, after: Achievement, name_of: NameOf) -> list[str]:
    """A sentence for each thing that changed; [] where a reader would see no difference."""
    found = []
    if before.name != after.name:
        found.append(f"The name: “{before.name}” became “{after.name}”.")
    if before.description != after.description:
        found.append("The description.")
    if before.image_id != after.image_id:
        found.append("The picture.")
    elif before.image_alt != after.image_alt:
        found.append("What is said of the picture.")
    return found + _rule_changes(before.criteria, after.criteria, name_of)


def _rule_changes(before: Criteria | None, after: Criteria | None, name_of: NameOf) -> list[str]:
    if before == after:
        return []
    had, has = _asked(before, name_of), _asked(after, name_of)
    said = [f"Asked for now: {text}." for text in (has - had).elements()]
    said += [f"Not asked for any more: {text}." for text in (had - has).elements()]
    if not said and before is not None and after is not None:
        was, now = criteria_sentence(before, name_of), criteria_sentence(after, name_of)
        return [f"The rule was: {was} It is now: {now}" if was != now else "How the rule is put together."]
    return said


def _asked(tree: Criteria | None, name_of: NameOf) -> Counter[str]:
    return Counter(requirement_sentence(leaf, name_of) for leaf in requirements(tree)) if tree else Counter()
