"""What a login initiation and a launch say (Security Framework 1.0, 5.1.1; LTI Core 1.3, section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lti_tool.sandbox import course
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.names import Names
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.registrations import Registration

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
PERSONAL_CLAIMS = ("name", "given_name", "family_name", "email")
_EXPECTED = (
    ("response_type", "id_token", "unsupported_response_type"),
    ("response_mode", "form_post", "invalid_request"),
    ("prompt", "none", "invalid_request"),
)


class Launching(Names):
    """The messages that go through the browser."""

    def message_hint(self, secret: str, link: Link | None) -> str:
        return secret

    def login_params(self, registration_id: int, document_target: str) -> dict[str, str]:
        """What a login initiation carries beside what every platform sends."""
        params = {"lti_deployment_id": self.deployment_id(registration_id)}
        if document_target == "iframe" and self.storage_target:
            params["lti_storage_target"] = self.storage_target
        return params

    def refusal(self, asked: Mapping[str, str]) -> tuple[str, str] | None:
        """Error and description where an authentication request is malformed (Security Framework 1.0, 5.1.1.2)."""
        for name, expected, error in _EXPECTED:
            if asked.get(name) != expected:
                return error, f"{name} must be {expected}"
        if "openid" not in asked.get("scope", "").split():
            return "invalid_scope", "scope must contain openid"
        return None if asked.get("nonce") else ("invalid_request", "nonce is missing")

    def accepts_redirect(self, registered: Sequence[str], asked: str) -> bool:
        return asked in registered

    def launch_roles(self, person: Person) -> list[str]:
        return list(person.roles)

    def personal(self, registration: Registration, person: Person) -> dict[str, str]:
        """The personal data the tool asked for when it registered, and no other."""
        asked = registration.tool.get("claims") or ()
        return {key: value for key, value in self.all_personal(person).items() if key in asked}

    def all_personal(self, person: Person) -> dict[str, str]:
        values = (person.name, person.given_name, person.family_name, person.email)
        return dict(zip(PERSONAL_CLAIMS, values, strict=True))

    def finish_claims(
        self, claims: dict[str, Any], site: Site, registration: Registration, person: Person, link: Link | None
    ) -> dict[str, Any]:
        """The claims of a launch as this form sends them."""
        return claims

    def tool_platform(self, site: Site) -> dict[str, str]:
        return {
            "guid": self.guid(site),
            "name": self.title,
            "product_family_code": self.product,
            "version": self.version,
            "url": site.base_url,
        }

    def variables(self, site: Site, registration: Registration, person: Person, link: Link | None) -> dict[str, Any]:
        """Variables by name with the dollar sign; one that is None here arrives as it was written."""
        personal = self.personal(registration, person)
        return {
            "$User.id": self.subject(person.id),
            "$Person.name.full": personal.get("name"),
            "$Person.name.given": personal.get("given_name"),
            "$Person.name.family": personal.get("family_name"),
            "$Person.email.primary": personal.get("email"),
            "$Context.id": self.context_id,
            "$Context.label": course.LABEL,
            "$Context.title": course.TITLE,
            "$Context.id.history": "",
            "$Membership.role": ",".join(self.launch_roles(person)),
            "$ResourceLink.id": self.link_id(link.id) if link else None,
            "$ResourceLink.title": link.title if link else None,
        }

    def custom(self, site: Site, registration: Registration, person: Person, link: Link | None) -> dict[str, Any]:
        """Custom parameters of tool and link; a variable this LMS does not know arrives as it was written."""
        variables = self.variables(site, registration, person, link)
        given = {**(registration.tool.get("custom_parameters") or {}), **(link.custom if link else {})}
        found = {key: variables.get(str(value)) for key, value in given.items()}
        return {key: str(value) if found[key] is None else str(found[key]) for key, value in given.items()}

    def deep_linking_settings(self, site: Site, data: str) -> dict[str, Any]:
        """What a Deep Linking request asks; `data` has to come back with the answer."""
        return {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": True,
            "title": f"Add to {course.TITLE}",
            "deep_link_return_url": site.base_url + self.paths.content_return,
            "data": data,
        }

    def answered_data(self, echoed: str, query: Mapping[str, str]) -> str:
        """By what an answer says which request it is for: the ``data`` it echoes."""
        return echoed

    def check_item(self, item: Mapping[str, Any]) -> None:
        """Refuses a content item that cannot be placed."""
        if item.get("type") != "ltiResourceLink":
            raise PracticeError("deep_linking.type", "Only items of type ltiResourceLink can be placed here.")
