"""The same events as the webhook's, asked for: what was missed while the tool was away is repaired from here."""

from lti_tool.sources.event_feed.feed import EventFeed

__all__ = ["EventFeed"]
