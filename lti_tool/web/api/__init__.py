"""The public interface for programs, described by OpenAPI at /api/v1/openapi.json."""

from lti_tool.web.api.description import DESCRIPTION, PREFIX, description_blueprint
from lti_tool.web.api.verify import verify_api

__all__ = ["DESCRIPTION", "PREFIX", "description_blueprint", "verify_api"]
