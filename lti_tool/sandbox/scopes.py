"""The OAuth scopes of this LMS's services."""

from __future__ import annotations

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"

LINE_ITEM = _AGS + "lineitem"
LINE_ITEM_READ = _AGS + "lineitem.readonly"
RESULT_READ = _AGS + "result.readonly"
SCORE = _AGS + "score"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
EVENTS = "urn:lti-badges:scope:events.readonly"

GRADE_SCOPES = (LINE_ITEM, LINE_ITEM_READ, RESULT_READ, SCORE)
SUPPORTED = (*GRADE_SCOPES, MEMBERS, EVENTS)
