"""Pages of the operator: platforms, their registration and what they can tell, and the health of the installation."""

from lti_tool.web.admin.views import make_blueprint

__all__ = ["make_blueprint"]
