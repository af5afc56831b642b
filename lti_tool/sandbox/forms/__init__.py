"""What the practice LMS can behave like: one file a learning platform. Nowhere else is one asked for by name."""

from __future__ import annotations

from lti_tool.sandbox.forms.canvas import CANVAS
from lti_tool.sandbox.forms.moodle import MOODLE
from lti_tool.sandbox.forms.plain import PLAIN, Form

FORMS: dict[str, Form] = {form.key: form for form in (PLAIN, MOODLE, CANVAS)}
