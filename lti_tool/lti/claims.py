"""Names of claims and scopes (LTI Core 1.3, AGS 2.0, NRPS 2.0, Course Groups 1.0, Deep Linking 2.0)."""

from __future__ import annotations

from typing import Final

_LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"

MESSAGE_TYPE: Final = _LTI + "message_type"
VERSION: Final = _LTI + "version"
DEPLOYMENT_ID: Final = _LTI + "deployment_id"
TARGET_LINK_URI: Final = _LTI + "target_link_uri"
RESOURCE_LINK: Final = _LTI + "resource_link"
ROLES: Final = _LTI + "roles"
CONTEXT: Final = _LTI + "context"
CUSTOM: Final = _LTI + "custom"
LAUNCH_PRESENTATION: Final = _LTI + "launch_presentation"
TOOL_PLATFORM: Final = _LTI + "tool_platform"
LIS: Final = _LTI + "lis"
MIGRATION: Final = _LTI + "lti1p1"
LTI11_USER_ID: Final = _LTI + "lti11_legacy_user_id"
DEEP_LINKING_SETTINGS: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
DEEP_LINKING_DATA: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
CONTENT_ITEMS: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
AGS_ENDPOINT: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NOTICE: Final = _LTI + "notice"
NOTICE_SERVICE: Final = _LTI + "platformnotificationservice"
NRPS_SERVICE: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GROUPS_SERVICE: Final = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"

SCOPE_LINEITEM: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_RESULT_READ: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_ROSTER: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPE_GROUPS: Final = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
SCOPE_NOTICES: Final = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

PLATFORM_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION: Final = "https://purl.imsglobal.org/spec/lti-tool-configuration"
# Our own extension of dynamic registration: a platform that offers it sends events and answers a feed.
EVENT_WEBHOOK: Final = "urn:lti-badges:event-webhook"

LTI_VERSION: Final = "1.3.0"
