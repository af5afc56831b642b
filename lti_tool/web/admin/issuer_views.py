"""Who issues badges: the list, one issuer's page, and who was chosen for a platform and its courses."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Response, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.issuer import Issuer, IssuerForm, IssuerKind, Scope
from lti_tool.web.admin.shown import UNPROCESSABLE, show, to
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices

_TEXTS = ("name", "url", "email", "description", "colour", "parent_slug", "proof", "jwt_algorithm")
# How an issuer is found, and what comes with it.
KINDS = {
    IssuerKind.DID_WEB: ("By its web domain (did:web)", "Recommended. Its keys stand at an address of this site."),
    IssuerKind.HTTPS: ("By the address of its profile", "For readers that know no DIDs. Keys stand in the profile."),
    IssuerKind.DID_KEY: (
        "By its key alone (did:key)",
        "Its badges can be checked without this site, for ever. But the key can never be replaced, and its badges have"
        " no form as a token (JWT).",
    ),
}


@dataclass(frozen=True, slots=True)
class IssuerPage:
    """The form as it is to be shown. `issuer` None: a new one."""

    form: IssuerForm
    issuer: Issuer | None
    others: list[Issuer]
    slug: str = ""
    kind: str = IssuerKind.DID_WEB.value
    errors: dict[str, str] = field(default_factory=dict)
    kinds: dict[IssuerKind, tuple[str, str]] = field(default_factory=lambda: KINDS)


class IssuerPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def issuers(self) -> Response:
        """All issuers of this installation."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        manage = self._services.issuers
        return show("admin/issuers.html", session, issuers=manage.all(), default=manage.default().slug, kinds=KINDS)

    def new_issuer(self) -> Response:
        session = self._login.current()
        return self._page(session, None, IssuerForm("")) if session else to("admin.welcome")

    def add_issuer(self) -> Response:
        """Makes an issuer."""
        session = self._login.require_action()
        form, slug, kind = _sent(), typed(request.form, "slug"), typed(request.form, "kind")
        try:
            self._services.issuers.add(slug, _kind(kind), form, self._logo())
        except BadgeToolError as error:
            return self._page(session, None, form, error, slug, kind)
        return to("admin.issuers", done="issuer-made")

    def issuer(self, slug: str) -> Response:
        """One issuer."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        held = self._services.issuers.get(slug)
        return self._page(session, held, IssuerForm(*(getattr(held, name) for name in _TEXTS)))

    def edit_issuer(self, slug: str) -> Response:
        """What is said of it from now on."""
        session = self._login.require_action()
        held, form = self._services.issuers.get(slug), _sent()
        try:
            without = request.form.get("without_logo") == "1"
            self._services.issuers.edit(slug, form, self._logo(), without_logo=without)
        except BadgeToolError as error:
            return self._page(session, held, form, error)
        return to("admin.issuers", done="issuer-saved")

    def default_issuer(self, slug: str) -> Response:
        """It issues wherever nothing else is chosen."""
        self._login.require_action()
        issuer = self._services.issuers.get(slug)
        self._services.issuers.choose(Scope.TENANT, issuer.tenant_id, slug)
        return to("admin.issuers", done="issuer-default")

    def who_issues(self, registration_id: str) -> Response:
        """Who issues for a platform and its courses."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        manage = self._services.issuers
        choice, default = manage.choices(registration_id), manage.default()
        return show("admin/who_issues.html", session, choice=choice, issuers=manage.all(), default=default)

    def choose_issuers(self, registration_id: str) -> Response:
        """Stores what was chosen; of what the form does not name nothing is changed."""
        self._login.require_action()
        held = self._services.issuers.choices(registration_id)
        asked = [(Scope.PLATFORM, registration_id, held.slug)]
        asked += [(Scope.COURSE, course.id, slug) for course, slug in held.courses]
        for scope, name, before in asked:
            chosen = request.form.get(f"{scope.value}-{name}", before)
            if chosen != before:
                self._services.issuers.choose(scope, name, chosen)
        return to("admin.who_issues", registration_id=registration_id, done="issuers-chosen")

    def _logo(self) -> bytes | None:
        """A new logo, made anew as badge images are. Raises `image.*`."""
        file = request.files.get("logo")
        data = file.read() if file else b""
        return self._services.check_upload(data) if data else None

    def _page(
        self,
        session: AdminSession,
        held: Issuer | None,
        form: IssuerForm,
        error: BadgeToolError | None = None,
        slug: str = "",
        kind: str = "",
    ) -> Response:
        others = [one for one in self._services.issuers.all() if one != held and not one.parent_slug]
        errors = {_field(error.code): error.message} if error else {}
        page = IssuerPage(form, held, others, slug, kind or IssuerKind.DID_WEB.value, errors)
        return show("admin/issuer.html", session, UNPROCESSABLE if error else 200, page=page)


def _sent() -> IssuerForm:
    return IssuerForm(*(typed(request.form, name) for name in _TEXTS))


def _kind(text: str) -> IssuerKind:
    try:
        return IssuerKind(text)
    except ValueError:
        raise BadgeToolError("issuer.kind_unknown", "Choose how the issuer is identified.", status=422) from None


# The field that an error is shown at.
_FIELDS = {
    "issuer.exists": "slug",
    "issuer.slug_invalid": "slug",
    "issuer.kind_unknown": "kind",
    "issuer.unknown": "parent_slug",
    "issuer.parent_invalid": "parent_slug",
    "issuer.proof_unknown": "proof",
}


def _field(code: str) -> str:
    if code.startswith("image."):
        return "logo"
    return _FIELDS.get(code, code.removeprefix("issuer.").removesuffix("_invalid"))
