"""PyLTI1p3's tool configuration over our registrations."""

from __future__ import annotations

from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pylti1p3.deployment import Deployment
from pylti1p3.registration import Registration as LibraryRegistration
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_tool.domain.platform import Registration
from lti_tool.lti.known_platforms import KnownPlatforms


class ToolRegistration(LibraryRegistration):
    """PyLTI1p3 names our key by its thumbprint; ours have names, so that they can be rotated."""

    _kid = ""

    def get_kid(self) -> str:
        return self._kid

    def sign_with(self, kid: str, key: RSAPrivateKey) -> ToolRegistration:
        self._kid = kid
        self.set_tool_private_key(cast(Any, key))  # PyJWT signs with a key object as well as with its text
        return self


def library_registration(registration: Registration) -> ToolRegistration:
    """A fresh PyLTI1p3 registration: the library's objects can be changed, so none is shared."""
    ours = ToolRegistration()
    ours.set_issuer(registration.issuer)
    ours.set_client_id(registration.client_id)
    ours.set_auth_login_url(registration.auth_login_url)
    ours.set_auth_token_url(registration.auth_token_url)
    ours.set_auth_audience(registration.auth_audience)
    ours.set_key_set_url(registration.jwks_url)
    return ours


class DbToolConf(ToolConfAbstract[Any]):
    """The one registration whose address the browser came to. Two clients of one issuer never mix, because the
    address names the registration; a platform that leaves out `client_id` works for the same reason."""

    def __init__(self, platforms: KnownPlatforms, registration: Registration) -> None:
        self._platforms = platforms
        self._registration = registration
        self.accepted_deployment: str | None = None

    def check_iss_has_one_client(self, iss: str) -> bool:
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        return True

    # PyLTI1p3 declares that a registration is always found, and checks for None all the same.
    def find_registration_by_issuer(  # type: ignore[override]
        self, iss: str, *args: Any, **kwargs: Any
    ) -> ToolRegistration | None:
        ours = self._registration
        return library_registration(ours) if iss == ours.issuer else None

    def find_registration_by_params(  # type: ignore[override]
        self, iss: str, client_id: str, *args: Any, **kwargs: Any
    ) -> ToolRegistration | None:
        if client_id and client_id != self._registration.client_id:
            return None
        return self.find_registration_by_issuer(iss)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        return self.find_deployment_by_params(iss, deployment_id, self._registration.client_id)

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Deployment | None:
        """Only the deployment that was just checked (see Deployments.check) is found."""
        return Deployment().set_deployment_id(deployment_id) if deployment_id == self.accepted_deployment else None

    def other_registration(self, registration_id: str) -> Registration | None:
        """The registration that a login was begun for, where it is not this one."""
        return self._platforms.find(registration_id)
