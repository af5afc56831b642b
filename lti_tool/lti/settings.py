"""What the LTI room needs to know of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class LtiSettings:
    """`base_url` is where browsers reach the tool, without a slash at the end; nothing of a request's Host
    header ever replaces it. `tool_name` and `description` are what a platform shows of us."""

    base_url: str
    tool_name: str = "LTI Badges"
    description: str = "Open Badges for what learners do in your course."

    def login_url(self, registration_id: str) -> str:
        return f"{self.base_url}/lti/{registration_id}/login"

    def launch_url(self, registration_id: str) -> str:
        """The one redirect_uri of a registration: platforms compare it character by character."""
        return f"{self.base_url}/lti/{registration_id}/launch"

    def notices_url(self, registration_id: str) -> str:
        return f"{self.base_url}/lti/{registration_id}/notices"

    @property
    def jwks_url(self) -> str:
        return f"{self.base_url}/lti/jwks.json"

    @property
    def icon_url(self) -> str:
        """A square picture of the tool, for lists of tools."""
        return f"{self.base_url}/static/icon.svg"

    @property
    def domain(self) -> str:
        """Host and port, as dynamic registration wants it."""
        return urlsplit(self.base_url).netloc
