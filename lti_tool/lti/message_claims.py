"""The LTI claims of a verified token: checked, then read into a plain Launch (LTI Core 1.3, 5.3 and 5.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lti_tool.domain.aliases import aliases_of, course_aliases_of
from lti_tool.domain.launch import DeepLinkingSettings, Launch, MessageType, ServiceEndpoints
from lti_tool.domain.platform import Registration
from lti_tool.lti import claims as c
from lti_tool.lti.browser_storage import fingerprint
from lti_tool.lti.claim_values import flag, mapping, strings, text, text_map
from lti_tool.lti.platform_hosts import service_url_trusted
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.refusals import refusal
from lti_tool.lti.urls import is_own, web_address

_REQUIRED = {
    c.MESSAGE_TYPE: "lti.message_type_missing",
    c.VERSION: "lti.version_missing",
    c.DEPLOYMENT_ID: "lti.deployment_missing",
    c.ROLES: "lti.roles_missing",
    c.TARGET_LINK_URI: "lti.target_missing",
}
_NO_LOCALE = re.compile(r"[/\\<>\"'\s]|\.\.")
_IDENTIFIER = re.compile(r"[^\x00-\x1f\x7f]{1,255}")


def check_required(claims: dict[str, Any]) -> None:
    """Whether a token is an LTI 1.3 message at all; raises lti.*."""
    missing = [code for name, code in _REQUIRED.items() if claims.get(name) in (None, "")]
    if len(missing) == len(_REQUIRED):
        raise refusal("lti.not_a_launch")
    if len(missing) > 1:
        raise refusal("lti.claims_missing")
    if missing:
        raise refusal(missing[0])
    if claims[c.VERSION] != c.LTI_VERSION:
        raise refusal("lti.version_unsupported")


def check_message(claims: dict[str, Any], target_of_login: str, base_url: str) -> None:
    """Everything PyLTI1p3's message validators leave open; raises lti.*, claim.*, dl.*. `target_of_login` is the
    fingerprint of the address that the login named."""
    if claims[c.MESSAGE_TYPE] not in tuple(MessageType):
        raise refusal("lti.message_type_unknown")
    _check_subject(claims)
    roles = claims[c.ROLES]
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise refusal("lti.roles_malformed")
    target = claims[c.TARGET_LINK_URI]
    if not is_own(target, base_url):
        raise refusal("lti.target_foreign")
    if fingerprint(target) != target_of_login:  # LTI Core 1.3, 5.3.5
        raise refusal("lti.target_mismatch")
    if c.CONTEXT in claims:
        _check_id(claims[c.CONTEXT], "lti.context_malformed", "lti.context_malformed")
    if claims[c.MESSAGE_TYPE] == MessageType.RESOURCE_LINK:
        link = claims.get(c.RESOURCE_LINK)
        if link is None:
            raise refusal("lti.resource_link_missing")
        _check_id(link, "lti.resource_link_missing", "lti.resource_link_malformed")


def _check_subject(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if subject is None or subject == "":
        raise refusal("claim.sub_missing")
    if not isinstance(subject, str) or not _IDENTIFIER.fullmatch(subject):
        raise refusal("claim.sub_malformed")


def _check_id(claim: Any, missing: str, malformed: str) -> None:
    if not isinstance(claim, dict):
        raise refusal(malformed)
    if claim.get("id") in (None, ""):
        raise refusal(missing)
    if not isinstance(claim["id"], str) or not _IDENTIFIER.fullmatch(claim["id"]):
        raise refusal(malformed)


def to_launch(registration: Registration, claims: dict[str, Any]) -> Launch:
    """A checked message as plain values. Raises lti.* or dl.* for optional claims that are of the wrong kind."""
    context = _course_context(claims)
    link = mapping(claims, c.RESOURCE_LINK)
    presentation = mapping(claims, c.LAUNCH_PRESENTATION)
    platform = mapping(claims, c.TOOL_PLATFORM)
    custom = text_map(claims, c.CUSTOM)
    return_url = _return_url(registration, presentation)
    return Launch(
        registration_id=registration.id,
        deployment_id=claims[c.DEPLOYMENT_ID],
        message_type=MessageType(claims[c.MESSAGE_TYPE]),
        subject=claims["sub"],
        roles=tuple(claims[c.ROLES]),
        target_link_uri=claims[c.TARGET_LINK_URI],
        name=text(claims, "name") or _joined_name(claims),
        email=text(claims, "email"),
        context_id=context.get("id", ""),
        context_title=text(context, "title") or text(context, "label"),
        resource_link_id=text(link, "id"),
        resource_link_title=text(link, "title"),
        endpoints=_endpoints(registration, claims),
        deep_linking=_deep_linking(registration, claims),
        custom=custom,
        locale=_locale(presentation),
        return_url=return_url,
        document_target=text(presentation, "document_target"),
        product=text(platform, "product_family_code"),
        product_version=text(platform, "version"),
        platform_guid=text(platform, "guid"),
        left_out=tuple(_left_out(claims, return_url)),
        aliases=aliases_of(
            custom,
            lti11_user_id=text(claims, c.LTI11_USER_ID),
            sis_user_id=text(mapping(claims, c.LIS), "person_sourcedid"),
        ),
        course_aliases=course_aliases_of(
            custom,
            product=text(platform, "product_family_code"),
            context_id=context.get("id", ""),
            sis_course_id=text(mapping(claims, c.LIS), "course_section_sourcedid"),
        ),
    )


def _course_context(claims: dict[str, Any]) -> dict[str, Any]:
    """The context claim, {} where there is none or it stands for the platform's whole site."""
    context = mapping(claims, c.CONTEXT)
    product = text(mapping(claims, c.TOOL_PLATFORM), "product_family_code")
    return {} if context.get("id") in quirks_of(product).site_contexts else context


def _joined_name(claims: dict[str, Any]) -> str:
    return " ".join(part for part in (text(claims, "given_name"), text(claims, "family_name")) if part)


def _locale(presentation: dict[str, Any]) -> str:
    """A language tag (BCP 47), or "" for what is none; raises lti.locale_unknown for one that could be a path or
    markup: it may end up in a file name or an attribute."""
    value = text(presentation, "locale").replace("_", "-")
    if _NO_LOCALE.search(value):
        raise refusal("lti.locale_unknown")
    return value if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value) else ""


def _return_url(registration: Registration, presentation: dict[str, Any]) -> str:
    """Where to send the person back; "" for a page that is not the platform's. Raises lti.return_url_unsafe for
    what is no web address, a script for instance."""
    value = text(presentation, "return_url")
    if value and web_address(value) is None:
        raise refusal("lti.return_url_unsafe")
    return value if value and service_url_trusted(registration, value) else ""


def _left_out(claims: dict[str, Any], return_url: str) -> Iterator[str]:
    """What of a good launch was not believed, by its codes. Each of them comes from real platforms as well, so that
    the value is refused and not the launch."""
    custom = mapping(claims, c.CUSTOM).values()
    if any(isinstance(value, str) and value.startswith("$") for value in custom):
        yield "lti.custom_unresolved"  # a parameter that the platform did not fill in is no value, least of all an id
    if c.MIGRATION in claims:
        yield "lti.migration_unsigned"  # its signature needs an LTI 1.1 secret, of which the tool never had one
    if mapping(claims, c.LAUNCH_PRESENTATION).get("return_url") and not return_url:
        yield "lti.return_url_unsafe"


def _endpoints(registration: Registration, claims: dict[str, Any]) -> ServiceEndpoints:
    grades, roster = mapping(claims, c.AGS_ENDPOINT), mapping(claims, c.NRPS_SERVICE)
    notices, groups = mapping(claims, c.NOTICE_SERVICE), mapping(claims, c.GROUPS_SERVICE)
    endpoints = ServiceEndpoints(
        lineitems_url=text(grades, "lineitems"),
        lineitem_url=text(grades, "lineitem"),
        ags_scopes=strings(grades, "scope"),
        memberships_url=text(roster, "context_memberships_url"),
        groups_url=text(groups, "context_groups_url"),
        notice_service_url=text(notices, "platform_notification_service_url"),
        notice_types=strings(notices, "notice_types_supported"),
    )
    services = (endpoints.lineitems_url, endpoints.lineitem_url, endpoints.memberships_url)
    for url in (*services, endpoints.groups_url, endpoints.notice_service_url):
        if url and not service_url_trusted(registration, url):
            raise refusal("lti.service_url_forbidden")
    return endpoints


def _deep_linking(registration: Registration, claims: dict[str, Any]) -> DeepLinkingSettings | None:
    if claims[c.MESSAGE_TYPE] != MessageType.DEEP_LINKING:
        return None
    settings = mapping(claims, c.DEEP_LINKING_SETTINGS)
    if not settings or not strings(settings, "accept_presentation_document_targets"):
        raise refusal("dl.settings_missing")
    return_url = settings.get("deep_link_return_url")
    if not return_url:
        raise refusal("dl.return_url_missing")
    parts = web_address(return_url)
    if parts is None or (parts.scheme != "https" and not registration.issuer.startswith("http:")):
        raise refusal("dl.return_url_unsafe")
    accept_types = strings(settings, "accept_types")
    if "ltiResourceLink" not in accept_types:
        raise refusal("dl.type_unsupported")
    data = settings.get("data")
    return DeepLinkingSettings(
        return_url=return_url,
        accept_types=accept_types,
        accept_multiple=flag(settings, "accept_multiple") is True,
        accept_lineitem=flag(settings, "accept_lineitem"),
        data=data if isinstance(data, str) else None,
    )
