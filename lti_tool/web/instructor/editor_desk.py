"""One request at the editor: who edits, what the course's rules can name, and the page as it then stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import render_template, request

from lti_tool.domain.achievement import IMAGE_ALT_LIMIT, Achievement
from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Actor
from lti_tool.images import PALETTE, SHAPES, SYMBOLS, WORDS_LIMIT
from lti_tool.usecases.dry_run import DryRunResult
from lti_tool.usecases.replay_rule import Replay
from lti_tool.web.instructor import design_form, editor_form, rule_check
from lti_tool.web.instructor.choices import Choices
from lti_tool.web.instructor.drift_rows import drift_rows
from lti_tool.web.instructor.editor_form import EditorForm
from lti_tool.web.instructor.forecast import ForecastView, forecast_view
from lti_tool.web.instructor.publishing import Question, question, winners
from lti_tool.web.instructor.rule_check import Problem
from lti_tool.web.instructor.rule_edits import Edit
from lti_tool.web.instructor.rule_form import (
    BADGE,
    RulePart,
    badges_named,
    to_json,
    with_items,
    with_own_badges,
)
from lti_tool.web.instructor.rule_rows import JOINER_WORDS, UNIT_WORDS, rule_rows
from lti_tool.web.instructor.terms_form import LASTING, REGRADES, RENEWAL
from lti_tool.web.security.viewer import Viewer, actor, current_viewer
from lti_tool.web.services import PageServices


class EditorDesk:
    """`achievement_id` "" for a badge that is not stored yet. Raises `achievement.unknown`, and what viewers raise."""

    def __init__(self, services: PageServices, achievement_id: str = "") -> None:
        self._services = services
        self.viewer: Viewer = current_viewer()
        course = services.course.course(self.viewer.course_id)
        badges = [card.achievement for card in course.cards]
        self.course_title = course.course.title
        self.holders = next((card.earned for card in course.cards if card.achievement.id == achievement_id), 0)
        elsewhere = services.badges_elsewhere.offered(self.viewer.course_id, self.viewer.person_id)
        self.choices = Choices.of(course.activities, badges, achievement_id, course.told, elsewhere)
        self.drifts = drift_rows(course.drifts.get(achievement_id, ()))
        if achievement_id:
            self.held = self.completed(editor_form.of_badge(_badge_among(badges, achievement_id)))
        else:
            self.held = editor_form.new(len(badges), request.args.get("starter", ""))

    @property
    def actor(self) -> Actor:
        """Who edits, for the ledger."""
        return actor(self._services, self.viewer)

    def sent(self) -> EditorForm:
        """The form of this request."""
        file = request.files.get("upload")
        return self.completed(editor_form.read(request.form, self.held, file.read() if file else b""))

    def completed(self, form: EditorForm) -> EditorForm:
        """With what the course knows and no form carries: the activities of modules, and which badges an address of
        ours names. Badges of other courses that it builds on can be chosen from then on."""
        terms = replace(form.terms, rule=self._completed(form.terms.rule))
        return replace(form, rule=self._completed(form.rule), terms=terms)

    def _completed(self, rule: RulePart) -> RulePart:
        rule = with_own_badges(rule, self._own_badge)
        asked = {one for one in badges_named(rule) if not self.choices.offers(BADGE, one)}
        if asked:
            self.choices = self.choices.with_badges(self._services.badges_elsewhere.named(self.viewer.course_id, asked))
        return with_items(rule, self.choices.items_of)

    def _own_badge(self, address: str) -> str | None:
        """The id of a badge of another course here whose address this is; whoever is in both courses has not to hand it
        in."""
        badge_id = address.removeprefix(f"{self._services.base_url}/achievements/")
        found = () if badge_id == address else self._services.badges_elsewhere.named(self.viewer.course_id, [badge_id])
        return badge_id if found else None

    def has_new_rule(self, form: EditorForm) -> bool:
        """Whether the rule is another one than that which is stored."""
        return to_json(form.rule) != to_json(self.held.rule)

    def rule_mark(self, form: EditorForm) -> str:
        """Tells two rules apart: an answer about another rule is none."""
        return hashlib.sha256(json.dumps(to_json(form.rule), sort_keys=True).encode()).hexdigest()[:32]

    def asks_for_whom(self, form: EditorForm, is_answered: bool) -> bool:
        """Whether it has to be said first for whom the changed rule of a badge counts that learners have."""
        if not (form.is_live and self.holders and self.has_new_rule(form)):
            return False
        return not is_answered or request.form.get("asked_about") != self.rule_mark(form)

    def forecast(self, form: EditorForm) -> ForecastView | None:
        """Who would earn it; None for a rule that cannot be weighed yet."""
        if self._open_ends(form.rule):
            return None
        achievement_id = form.badge.id if form.badge else ""
        return forecast_view(self._services.dry_run(self.viewer.course_id, to_json(form.rule), achievement_id))

    def asks(self, mass: str = "", since: datetime | None = None) -> Question:
        """The question before publishing, with its numbers. `mass`: "now" or "date", where it is asked once more."""
        now, by_date = self._stored_run(None), self._stored_run(since) if since else None
        return question(self._services, now, by_date, since, mass)

    def winners(self, since: datetime | None = None) -> list[str]:
        """Who (ids) would get the stored badge at once."""
        return [one.person.id for one in winners(self._stored_run(since))]

    def _stored_run(self, since: datetime | None) -> DryRunResult:
        badge = self.held.badge
        assert badge is not None, "only what is stored is published"
        return self._services.dry_run(self.viewer.course_id, to_json(self.held.rule), badge.id, since)

    def _open_ends(self, rule: RulePart) -> list[Problem]:
        return rule_check.problems(rule, self.choices)

    def page(
        self,
        form: EditorForm,
        *,
        errors: Sequence[Problem] = (),
        edit: Edit | None = None,
        asked: Question | None = None,
        versioning: str = "",
        replay: Replay | None = None,
    ) -> str:
        """The whole page. `asked`: the question whom to award, in place of the buttons; `versioning`, the mark of the
        rule: the question for whom it counts; `replay`: what it would have meant."""
        return render_template(
            "instructor/editor.html",
            form=form,
            errors=errors,
            error_of={error.field: error.message for error in errors},
            asked=asked,
            regrades=REGRADES,
            lasting=LASTING,
            renewals=form.terms.renewals(self.choices),
            renewal_rule=rule_rows(form.terms.rule, self.choices.for_renewals(), errors, RENEWAL),
            versioning=versioning,
            replay=replay,
            notice=edit.said if edit else "",
            focus=edit.focus if edit else "",
            course_title=self.course_title,
            stand_in=editor_form.stand_in(self.course_title),
            palette=PALETTE,
            shapes=SHAPES,
            symbols=SYMBOLS,
            words_limit=WORDS_LIMIT,
            alt_limit=IMAGE_ALT_LIMIT,
            preview=design_form.preview(form.picture),
            holders=self.holders,
            drifts=self.drifts,
            **self._rule_values(form, errors),
            **self._forecast_values(form),
            **self._foot_values(form),
        )

    def fragments(self, form: EditorForm, edit: Edit | None) -> dict[str, Any]:
        """What a script puts in place of the page's own: the rule (where a button changed it), dry run and picture.

        `open`: the fields that something is still wrong with, so that a summary can lose what has been put right.
        """
        weighed = self._forecast_values(form)  # once: it weighs the whole course
        found: dict[str, Any] = {"forecast": render_template("instructor/_forecast.html", **weighed)}
        found["picture"] = design_form.preview(form.picture)
        found["open"] = [problem.field for problem in form.problems(self.choices, whole=True)]
        found["why_not"] = render_template("instructor/_why_not.html", **self._foot_values(form))
        found["question"] = self._versioning(form, weighed)
        if edit is not None:
            # The script moves the focus itself: autofocus does nothing in a frame of another site but complain.
            found["rule"] = render_template("instructor/_rule.html", focus="", **self._rule_values(form, ()))
            found |= {"said": edit.said, "focus": edit.focus}
        return found

    def _rule_values(self, form: EditorForm, errors: Sequence[Problem]) -> dict[str, Any]:
        return {
            "rule": rule_rows(form.rule, self.choices, errors),
            "joiners": JOINER_WORDS,
            "units": UNIT_WORDS,
            "rule_file_error": next((one.message for one in errors if one.field == "rule_file"), ""),
            "has_activities": bool(self.choices.items or self.choices.modules),
        }

    def _versioning(self, form: EditorForm, weighed: dict[str, Any]) -> str:
        """The question for whom the changed rule counts, as soon as there is one; else ""."""
        if self._open_ends(form.rule) or not self.asks_for_whom(form, is_answered=False):
            return ""
        values = {"form": form, "holders": self.holders, "versioning": self.rule_mark(form), "is_early": True}
        return render_template("instructor/_versioning.html", **values, **weighed)

    def _foot_values(self, form: EditorForm) -> dict[str, Any]:
        """Why the rule cannot count as it stands: no button publishes it before that is put right."""
        return {"why_not": self._open_ends(form.rule), "publishing": not form.is_live}

    def _forecast_values(self, form: EditorForm) -> dict[str, Any]:
        return {
            "forecast": self.forecast(form),
            "open_ends": self._open_ends(form.rule) if form.rule.parts else [],
            "is_live": form.is_live,
        }


def _badge_among(badges: Sequence[Achievement], achievement_id: str) -> Achievement:
    for badge in badges:
        if badge.id == achievement_id:
            return badge
    raise NotFound("achievement.unknown", "There is no such badge in this course.")
