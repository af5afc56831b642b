"""Courses, their activities, people and enrolments."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lti_tool.db.tables.base import metadata
from lti_tool.db.tables.learning import SerialId
from lti_tool.db.types import UtcDateTime

courses = Table(
    "courses",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("registration_id", ForeignKey("registrations.id"), nullable=False),
    Column("deployment_id", String(255), nullable=False),
    Column("context_id", String(255), nullable=False),
    Column("title", Text, nullable=False),
    Column("lineitems_url", Text, nullable=False),
    Column("memberships_url", Text, nullable=False),
    Column("groups_url", Text, nullable=False, default=""),
    Column("service_scopes", JSON, nullable=False),
    UniqueConstraint("registration_id", "context_id", "deployment_id"),
)

course_readings = Table(
    "course_readings",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("roster_read_at", UtcDateTime),
    Column("grades_read_at", UtcDateTime),
    Column("heard_at", UtcDateTime),
    Column("tried_at", UtcDateTime),
    Column("cursors", JSON, nullable=False, default=dict),
    Column("read_error", Text, nullable=False, default=""),
    # When the course is to be read again, and when anything last happened in it.
    Column("next_at", UtcDateTime, index=True),
    Column("active_at", UtcDateTime),
)

activities = Table(
    "activities",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("id", String(255), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("maximum", Float),
    Column("module_id", String(255)),
    Column("url", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    # Which source lists all of the course's activities and this one among them, "" for none; since when it does not.
    Column("listed_by", String(32), nullable=False, default=""),
    Column("gone_at", UtcDateTime),
    Column("hidden", Boolean, nullable=False, default=False),
)

# What an activity of a copied course was called in the course that it was copied from, as the platform tells it.
activity_history = Table(
    "activity_history",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("id", String(255), primary_key=True),
    Column("before", String(255), primary_key=True),
)

people = Table(
    "people",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("registration_id", ForeignKey("registrations.id"), nullable=False),
    Column("deployment_id", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    UniqueConstraint("registration_id", "deployment_id", "subject"),
)

# Other names of a person: her numeric id, SIS id or login in the LMS, or a subject from before a merge.
person_aliases = Table(
    "person_aliases",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("deployment_id", String(255), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("value", String(255), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

# Other names of a course: its number and its SIS id in the LMS.
course_aliases = Table(
    "course_aliases",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("deployment_id", String(255), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("value", String(255), primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False, index=True),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("launch_roles", JSON),
    Column("roster_roles", JSON),
    Column("active", Boolean, nullable=False),
    Column("is_gone", Boolean, nullable=False),
)

# A duty that was withdrawn is kept, so that it can be seen who had it when.
duties = Table(
    "duties",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("duty", String(16), nullable=False),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("granted_by_id", Text, nullable=False),
    Column("granted_by_name", Text, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by_id", Text, nullable=False),
    Column("withdrawn_by_name", Text, nullable=False),
)
