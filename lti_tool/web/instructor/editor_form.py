"""The whole editor: what was typed, what is wrong with it, and what it becomes once it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lti_tool.domain.achievement import DESCRIPTION_LIMIT, IMAGE_ALT_LIMIT, NAME_LIMIT, Achievement, AchievementState
from lti_tool.domain.award_terms import DEFAULT_TERMS
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.edit_achievement import AchievementForm
from lti_tool.web.form_text import typed
from lti_tool.web.instructor import design_form, rule_form, terms_form
from lti_tool.web.instructor.choices import Choices
from lti_tool.web.instructor.design_form import Picture
from lti_tool.web.instructor.rule_check import Problem, problems
from lti_tool.web.instructor.rule_form import GROUP, ROOT, RulePart
from lti_tool.web.instructor.terms_form import TermsForm

STARTERS = {
    "activities": RulePart(GROUP, parts=(RulePart("item_completed"), RulePart("item_completed"))),
    "grade": RulePart(GROUP, parts=(RulePart("item_score", minimum="60"),)),
    "both": RulePart(GROUP, parts=(RulePart("item_completed"), RulePart("course_grade", minimum="70"))),
}


@dataclass(frozen=True, slots=True)
class EditorForm:
    """`badge` None for one that is not stored yet. `upload` holds the bytes of a chosen file, and only for one
    request: a browser does not fill in a file field again."""

    badge: Achievement | None
    name: str
    description: str
    rule: RulePart
    picture: Picture
    terms: TermsForm
    upload: bytes = field(default=b"", repr=False)

    @property
    def is_live(self) -> bool:
        """Whether what is stored counts at once: such a badge has no draft."""
        return self.badge is not None and self.badge.state is not AchievementState.DRAFT

    def problems(self, choices: Choices, *, whole: bool) -> list[Problem]:
        """What keeps it from being stored; with `whole`, from being published. A draft needs only its name."""
        found = []
        if not self.name:
            found.append(Problem("name", "Give the badge a name."))
        elif len(self.name) > NAME_LIMIT:
            found.append(Problem("name", f"The name is longer than {NAME_LIMIT} characters."))
        if len(self.description) > DESCRIPTION_LIMIT:
            found.append(Problem("description", f"The description is longer than {DESCRIPTION_LIMIT} characters."))
        if self.picture.words_error and self.picture.draws and not self.upload:
            found.append(Problem("words", self.picture.words_error))
        if len(self.picture.alt) > IMAGE_ALT_LIMIT:
            found.append(Problem("image_alt", f"The words are longer than {IMAGE_ALT_LIMIT} characters."))
        found += self.terms.problems(choices)
        if whole or self.rule.parts:
            found += problems(self.rule, choices, ROOT)
        return found

    def described(self, course_title: str) -> EditorForm:
        """With the description that stands in for an empty one."""
        return self if self.description else replace(self, description=stand_in(course_title))


def stand_in(course_title: str) -> str:
    """The description of a badge whose teacher gave none: a published badge must have one."""
    return f"Earned in {course_title}." if course_title else "Earned in a course."


def new(place: int, starter: str = "") -> EditorForm:
    """An empty editor, or one with the conditions of a starter."""
    terms = terms_form.of_terms(DEFAULT_TERMS)
    return EditorForm(
        None, "", "", STARTERS.get(starter, rule_form.EMPTY), Picture(design_form.suggested(place)), terms
    )


def of_badge(badge: Achievement) -> EditorForm:
    rule = rule_form.from_criteria(badge.criteria)
    return EditorForm(
        badge, badge.name, badge.description, rule, design_form.of_badge(badge), terms_form.of_terms(badge.terms)
    )


def read(form: Mapping[str, str], held: EditorForm, upload: bytes = b"") -> EditorForm:
    """What was sent, over what is stored."""
    return EditorForm(
        held.badge,
        typed(form, "name"),
        typed(form, "description"),
        rule_form.read(form),
        design_form.read(form, held.picture),
        terms_form.read(form, held.terms),
        upload,
    )


def to_store(
    form: EditorForm, check_upload: Callable[[bytes], bytes], draw: Callable[[str], bytes]
) -> AchievementForm | Problem:
    """What the use case takes; or what is wrong with the uploaded picture. An unchanged picture is not sent."""
    criteria = rule_form.to_json(form.rule) if form.rule.parts else None
    terms, alt = form.terms.terms(), form.picture.alt
    stored = AchievementForm(form.name, form.description, criteria, terms=terms, image_alt=alt)
    if form.upload:
        try:
            return replace(stored, image_png=check_upload(form.upload))
        except BadgeToolError as error:
            return Problem("upload", f"{error.message} {error.hint}".strip())
    design = str(form.picture.design)
    if not form.picture.draws or (form.badge is not None and form.badge.design == design and form.badge.image_id):
        return stored
    return replace(stored, image_png=draw(design), design=design)
