"""A page to keep: one file that checks one badge in a browser, without this server or any other."""

from lti_tool.web.offline.page import OfflineBadge, offline_page

__all__ = ["OfflineBadge", "offline_page"]
