"""Achievements, awards, credentials and status lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

from lti_tool.db.tables.base import metadata
from lti_tool.db.tables.learning import SerialId
from lti_tool.db.types import UtcDateTime

images = Table(
    "images",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("png", LargeBinary, nullable=False),
    # Since when nothing names it. What is lasting stays all the same: issued badges may name it.
    Column("idle_since", UtcDateTime),
    Column("lasting", Boolean, nullable=False, server_default=true()),
)

achievements = Table(
    "achievements",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    # What holds for all its awards, of whichever version.
    Column("terms", JSON, nullable=False),
    Column("judges_by", Integer, nullable=False),
)

# Every version is kept: an award names the one it was judged by.
achievement_versions = Table(
    "achievement_versions",
    metadata,
    Column("achievement_id", ForeignKey("achievements.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("image_id", String(64), nullable=False),
    Column("image_alt", Text, nullable=False, server_default=""),
    Column("design", Text, nullable=False),
    Column("criteria", JSON),
    Column("award_from", String(16), nullable=False),
    Column("award_since", UtcDateTime),
    Column("published_at", UtcDateTime),
)

# What a rule names, as it was when somebody last looked at the rule.
rule_targets = Table(
    "rule_targets",
    metadata,
    Column("achievement_id", ForeignKey("achievements.id"), primary_key=True),
    Column("seen", JSON, nullable=False),
)

# Which badges' rules ask for which, so that it is known whom a new award concerns elsewhere.
built_on = Table(
    "built_on",
    metadata,
    Column("achievement_id", ForeignKey("achievements.id"), primary_key=True),
    Column("on_id", ForeignKey("achievements.id"), primary_key=True, index=True),
)

awards = Table(
    "awards",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("achievement_id", ForeignKey("achievements.id"), nullable=False),
    Column("achievement_version", Integer, nullable=False),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("period", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("flag", String(16), nullable=False),
    Column("evaluation", JSON, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("event_at", UtcDateTime),
    Column("received_at", UtcDateTime),
    Column("issued_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("revocation_reason", Text, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("by_hand", Boolean, nullable=False, default=False),
    # Who revoked it: "person", "policy" or "undone".
    Column("cause", String(8), nullable=False),
    Column("act_at", UtcDateTime),
    Column("suspended_at", UtcDateTime),
    Column("suspension_reason", Text, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("reminded_at", UtcDateTime),
    Column("lapsed_at", UtcDateTime),
    Column("counts_from", UtcDateTime),
    Column("batch_id", String(36), nullable=False),
    Column("renews", Boolean, nullable=False),
    # Each event asks for what one learner holds; with the course alone, it would look through what all others hold.
    Index("ix_awards_of_learner", "course_id", "person_id"),
    Index("ix_awards_batch", "batch_id"),
    UniqueConstraint("achievement_id", "person_id", "period"),
)

# Awards that one act made: publishing, mostly. Where they are many they wait until a person says yes.
award_batches = Table(
    "award_batches",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("achievement_id", ForeignKey("achievements.id"), nullable=False, index=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # Of one that waits or was confirmed: whom it is about.
    Column("people", JSON, nullable=False),
    Column("sign_at", UtcDateTime),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

# What happened to a learner's badges, until she has seen it.
learner_notices = Table(
    "learner_notices",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("award_id", ForeignKey("awards.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("seen_at", UtcDateTime),
    Index("ix_learner_notices_person", "course_id", "person_id", "seen_at"),
)

award_history = Table(
    "award_history",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("award_id", ForeignKey("awards.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("action", String(32), nullable=False),
    Column("reason", Text, nullable=False),
)


def _credential() -> list[Column[Any]]:
    """What every credential has, signed or not."""
    return [
        Column("award_id", ForeignKey("awards.id"), primary_key=True),
        Column("binding", Text, primary_key=True),
        Column("id", Text, nullable=False),
        Column("unsigned", JSON, nullable=False),
        Column("created", UtcDateTime, nullable=False),
        Column("proof_kid", Text, nullable=False),
        Column("jwt_kid", Text, nullable=False),
        Column("issuer_slug", String(64), nullable=False),
    ]


# What is served: the newest that was signed, or the first one while it is signed.
credentials = Table("credentials", metadata, *_credential(), Column("document", Text), Column("jwt", Text))

# The next one, from its intent until it is signed and takes the place of the one before it.
credential_renewals = Table("credential_renewals", metadata, *_credential())

# Those before it: what somebody took along stays known here.
past_credentials = Table(
    "past_credentials",
    metadata,
    *(column for column in _credential() if column.name != "created"),
    Column("created", UtcDateTime, primary_key=True),
    Column("document", Text),
    Column("jwt", Text),
    Column("replaced_at", UtcDateTime, nullable=False),
)

# Of which badges a learner wants her name in the credential, and the name that stands there or soon will.
name_consents = Table(
    "name_consents",
    metadata,
    Column("award_id", ForeignKey("awards.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("given_at", UtcDateTime, nullable=False),
)

status_lists = Table(
    "status_lists",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("tenant_id", String(64), nullable=False, index=True),
    # "revocation" for ever, "suspension" until it is taken back.
    Column("purpose", String(16), nullable=False),
    # Whose badges are on it: a list is signed by the issuer of the badges (Bitstring Status List 1.0, 3.2).
    Column("issuer_slug", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("allocated", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("signed_revision", Integer, nullable=False),
    Column("document", Text),
    Column("valid_until", UtcDateTime),
)

status_entries = Table(
    "status_entries",
    metadata,
    Column("list_id", ForeignKey("status_lists.id"), primary_key=True),
    Column("index", Integer, primary_key=True),
    Column("award_id", String(36), nullable=False, unique=True),
    Column("revoked", Boolean, nullable=False),
)
