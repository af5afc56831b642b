"""Pages of the operator: platforms, what they can tell us, and whether the tool itself is well."""

from lti_tool.web.admin.views import make_blueprint

__all__ = ["make_blueprint"]
