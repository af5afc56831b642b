"""What an administrator chooses in Canvas Data Services, in the order of its form."""

from __future__ import annotations

from lti_tool.sources.canvas_live_events.stream import SOURCE, Stream

# Group of the form -> events that the tool has a use for. Others do no harm.
EVENTS = (
    ("Assignments", ("assignment_created", "assignment_updated")),
    ("Content", ("content_migration_completed",)),
    ("Courses", ("course_completed", "course_progress")),
    (
        "Enrollments",
        ("enrollment_created", "enrollment_state_created", "enrollment_state_updated", "enrollment_updated"),
    ),
    ("Grades", ("course_grade_change", "grade_change", "grade_override")),
    ("Learning outcomes", ("learning_outcome_result_created", "learning_outcome_result_updated")),
    ("Modules", ("module_created", "module_item_created", "module_item_updated", "module_updated")),
    ("Submissions", ("submission_created", "submission_updated")),
)


def address_of(base_url: str, registration_id: str, key_id: str, stream: Stream, secret: str) -> str:
    """Where Canvas sends to. With the secret in it where the stream is not signed; else it may be shown."""
    address = f"{base_url}/{SOURCE.replace('_', '-')}/{registration_id}/{key_id}"
    return address if stream.is_signed else f"{address}/{secret}"


def steps(stream: Stream) -> list[str]:
    """How to subscribe, in Canvas's own words."""
    return [
        "In Canvas choose Admin, then the account, then Data Services (without it, ask Instructure to switch it on).",
        "Under Settings choose Add, and give the subscription the name LTI Badges.",
        "As delivery method choose HTTPS, and paste the address as URL.",
        "Switch “Sign Payload” on." if stream.is_signed else "Leave “Sign Payload” off.",
        "As format choose Canvas: Caliper tells less, and does not say which grades are hidden.",
        "Choose the events below, and save. Then grade something: the stream is heard within a few minutes.",
    ]
