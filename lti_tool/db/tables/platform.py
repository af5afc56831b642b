"""Tenants, registrations, deployments, launches."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, String, Table, Text

from lti_tool.db.tables.base import metadata
from lti_tool.db.types import UtcDateTime

issuers = Table(
    "issuers",
    metadata,
    Column("slug", String(64), primary_key=True),
    Column("tenant_id", String(64), nullable=False, index=True),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("proof", String(32), nullable=False),
    Column("jwt_algorithm", String(8), nullable=False),
    Column("email", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("image_id", String(64), nullable=False),
    Column("colour", String(7), nullable=False),
    Column("parent_slug", String(64), nullable=False),
    Column("edited_at", UtcDateTime),
)

# Who issues for a tenant, a platform, a course or a badge, where that was chosen.
issuer_choices = Table(
    "issuer_choices",
    metadata,
    Column("scope", String(16), primary_key=True),
    Column("scope_id", String(64), primary_key=True),
    Column("slug", ForeignKey("issuers.slug"), nullable=False),
)

# The public half of every key that signs badges: published for ever, whatever becomes of the key's file.
key_history = Table(
    "key_history",
    metadata,
    Column("kid", String(128), primary_key=True),
    Column("purpose", String(32), nullable=False),
    Column("jwk", JSON, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("reason", Text, nullable=False),
)

registrations = Table(
    "registrations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("tenant_id", String(64), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("auth_login_url", Text, nullable=False),
    Column("auth_token_url", Text, nullable=False),
    Column("jwks_url", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("product", Text, nullable=False),
    Column("product_version", Text, nullable=False),
    Column("platform_guid", Text, nullable=False),
    Column("environment", String(16), nullable=False),
    Column("issuing", Boolean, nullable=False),
    Column("auth_audience", Text, nullable=False),
    Column("service_scopes", JSON, nullable=False),
    Column("differences", JSON, nullable=False),
    Column("webhook_secret", Text, nullable=False),
    Column("event_feed_url", Text, nullable=False),
    Column("moodle_url", Text, nullable=False),
    Column("moodle_token", Text, nullable=False),
    Column("created_at", UtcDateTime),
    Column("approved_at", UtcDateTime),
    Column("last_launch_at", UtcDateTime),
    Column("last_event_at", UtcDateTime),
    Index("ix_registrations_issuer", "issuer", "client_id"),
)

deployments = Table(
    "deployments",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("deployment_id", String(255), primary_key=True),
    Column("state", String(16), nullable=False),
    # The platform notification service of this deployment: its address, and what it says it can send.
    Column("notice_service_url", Text, nullable=False, default=""),
    Column("notice_types", JSON, nullable=False, default=list),
    Column("notices_asked_at", UtcDateTime),
)

# Notices as they came in (LTI PNS 1.0), stored before they are acknowledged.
notices = Table(
    "notices",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("notice_id", String(255), primary_key=True),
    Column("deployment_id", String(255), nullable=False),
    Column("type", String(64), nullable=False),
    Column("context_id", String(255), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
)

# What was last seen of one ability of a platform (a probe, a launch, a refused call), for the diagnosis.
platform_observations = Table(
    "platform_observations",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("code", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

launch_sessions = Table(
    "launch_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("browser_hash", String(64), nullable=False, index=True),
    Column("registration_id", ForeignKey("registrations.id"), nullable=False),
    Column("deployment_id", String(255), nullable=False),
    Column("course_id", String(36), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("data", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# Single-use values: launch states and nonces, registration invitations, wallet nonces.
nonces = Table(
    "nonces",
    metadata,
    Column("purpose", String(40), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
