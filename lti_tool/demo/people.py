"""The people of the story, as they move through the practice LMS. What they do in the tool is in `tool_people`."""

from __future__ import annotations

from dataclasses import dataclass, field

from lti_tool.demo.browser import Browser, Tab
from lti_tool.demo.waiting import expect

QUIZ, READING = "quiz-safety", "reading-rules"
_RIGHT_ANSWERS = (0, 1, 2, 1, 2)
_CHOICES = 3


@dataclass
class Person:
    """Somebody with a browser of her own. `user_id` is the practice LMS's name for her."""

    user_id: str
    name: str
    lms_url: str
    browser: Browser = field(default_factory=Browser)

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def __post_init__(self) -> None:
        self.lms: Tab = self.browser.tab()

    def come_in(self) -> None:
        """Chooses to be this person; she is then on her first page of the LMS."""
        self.lms.open(self.lms_url)
        self.lms.press(f"be-{self.user_id}")
        shown = self.lms.page.document.by_id("current-person")
        expect(shown and shown.get("data-user-id") == self.user_id, f"the practice LMS does not know {self.name}")

    def go_to(self, path: str) -> None:
        """A page of the LMS by its path."""
        page = self.lms.open(f"{self.lms_url}{path}")
        expect(page.status == 200, f"{path} of the practice LMS answered {page.status}")

    def open_badges(self) -> Tab:
        """Opens the tool from the course menu: the frame with the tool's page in it."""
        self.go_to("/course")
        self.lms.click("menu-badges")
        return self.in_frame()

    def open_card(self, title: str) -> Tab:
        """Opens the tool from a card on the course page."""
        self.go_to("/course")
        self.lms.click(title)
        return self.in_frame()

    def in_frame(self) -> Tab:
        """The tool in the frame of the page that the LMS shows."""
        frame = self.lms.frame("tool-frame")
        expect(frame.page.status == 200, f"{self.name} cannot open the tool: {frame.page.text[:300]}")
        return frame


@dataclass
class Learner(Person):
    """Somebody who does the course's work."""

    def read_the_rules(self) -> None:
        """Does the first activity of module 1."""
        self.go_to(f"/course/activities/{READING}")
        self.lms.press("mark-done")

    def take_the_quiz(self, right: int) -> None:
        """Answers the quiz with so many of its five questions right, each 20 points. With it module 1 is complete,
        if the rules were read."""
        self.go_to(f"/course/activities/{QUIZ}")
        answers = {
            f"question-{number}": str(answer if number < right else (answer + 1) % _CHOICES)
            for number, answer in enumerate(_RIGHT_ANSWERS)
        }
        page = self.lms.press("send-answers", answers)
        expect(
            f"{right * 20} of 100 points" in page.text, f"the quiz did not give {right * 20} points: {page.text[:300]}"
        )

    def do_module_1(self, right: int) -> None:
        """Reads the rules, and takes the quiz."""
        self.read_the_rules()
        self.take_the_quiz(right)


@dataclass
class Teacher(Person):
    """Somebody who grades."""

    def regrade_quiz(self, learner: Learner, points: int) -> None:
        """Sets a learner's points in the quiz, in the gradebook of the LMS."""
        self.go_to(f"/course/gradebook/{learner.user_id}")
        page = self.lms.press(f"save-{QUIZ}", {"score": str(points)})
        expect(f"{points} of 100 points" in page.text, f"the grade was not taken: {page.text[:300]}")


@dataclass
class Admin(Person):
    """Somebody who connects tools."""

    def register_tool(self, registration_url: str) -> Tab:
        """Pastes the tool's registration link: the frame in which the tool registers itself."""
        self.go_to("/admin")
        self.lms.press("register-tool", {"registration_url": registration_url})
        return self.lms.frame("registration-frame")

    def activate_tool(self) -> None:
        """Agrees to the one tool that waits."""
        self.go_to("/admin")
        page = self.lms.press("Activate")
        expect("is active" in page.text, f"the tool was not activated: {page.text[:300]}")
