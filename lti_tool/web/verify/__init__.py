"""The public page of one badge: for strangers, without an account, a cookie or a script."""

from lti_tool.web.verify.views import make_blueprint

__all__ = ["make_blueprint"]
