"""The one course of this LMS: what it holds never changes, only what people do in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CONTEXT_ID = "course-lab-safety"
LABEL = "LAB101"
TITLE = "Laboratory Safety 101"
CONTEXT_TYPE = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"


@dataclass(frozen=True)
class Question:
    """One multiple-choice question; `right` is the index of the correct choice."""

    text: str
    choices: tuple[str, ...]
    right: int


@dataclass(frozen=True)
class Activity:
    """Something to do. `maximum` is in points, None where nothing is graded."""

    id: str
    kind: Literal["page", "quiz", "assignment"]
    title: str
    paragraphs: tuple[str, ...]
    maximum: float | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Module:
    """Complete when every activity in it is complete."""

    id: str
    title: str
    activities: tuple[Activity, ...]


RULES_PAGE = Activity(
    "reading-rules",
    "page",
    "Rules of the laboratory",
    (
        "Wear safety glasses, closed shoes and a buttoned coat from door to door. Tie long hair back.",
        "Never work alone, never eat or drink here, and read the label of a bottle twice before you open it.",
        "Find the eye wash, the shower, the fire blanket and the emergency exit before you begin, not after.",
    ),
)

SAFETY_QUIZ = Activity(
    "quiz-safety",
    "quiz",
    "Safety quiz",
    ("Five questions, twenty points each. You may try again; the latest attempt counts.",),
    maximum=100,
    questions=(
        Question(
            "Acid has splashed into an eye. What comes first?",
            (
                "Rinse at the eye wash for 15 minutes",
                "Look for the safety data sheet",
                "Neutralise it with a base",
            ),
            0,
        ),
        Question(
            "How do you dilute concentrated sulfuric acid?",
            (
                "Pour water into the acid",
                "Pour the acid slowly into water",
                "Pour both together at the same speed",
            ),
            1,
        ),
        Question(
            "A pan of oil is burning. What do you reach for?",
            ("A bucket of water", "An open window", "A fire blanket"),
            2,
        ),
        Question(
            "What does a pictogram with a flame over a circle mean?",
            ("Flammable", "Oxidising", "Explosive"),
            1,
        ),
        Question(
            "You find a bottle without a label. What do you do?",
            ("Smell it carefully", "Pour it down the sink", "Leave it closed and tell the supervisor"),
            2,
        ),
    ),
)

RISK_ASSIGNMENT = Activity(
    "assignment-risk",
    "assignment",
    "Risk assessment",
    (
        "Choose an experiment of your own. Name three hazards, how likely and how severe each is, "
        "and what you would do about it. The teacher grades it out of 50 points.",
    ),
    maximum=50,
)

WASTE_PAGE = Activity(
    "reading-waste",
    "page",
    "Where waste goes",
    (
        "Halogenated solvents, other solvents, acids and bases each have a canister of their own.",
        "Broken glass goes into the hard box, never into a bag. When in doubt, ask before you pour.",
    ),
)

MODULES = (
    Module("module-1", "Module 1: Before you begin", (RULES_PAGE, SAFETY_QUIZ)),
    Module("module-2", "Module 2: In the laboratory", (RISK_ASSIGNMENT, WASTE_PAGE)),
)
ACTIVITIES: Mapping[str, Activity] = {each.id: each for module in MODULES for each in module.activities}
GRADED = tuple(each for each in ACTIVITIES.values() if each.maximum is not None)


def module_of(activity_id: str) -> Module:
    """The module that holds an activity."""
    return next(module for module in MODULES if any(each.id == activity_id for each in module.activities))


def mark(quiz: Activity, answers: Mapping[int, int]) -> float:
    """Points for the answers (question number -> choice), out of the quiz's maximum."""
    right = sum(answers.get(number) == question.right for number, question in enumerate(quiz.questions))
    return round((quiz.maximum or 0) * right / len(quiz.questions), 2)
