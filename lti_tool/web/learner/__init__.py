"""Pages of a learner: her badges in one course, and each of them."""

from lti_tool.web.learner.views import make_blueprint

__all__ = ["make_blueprint"]
