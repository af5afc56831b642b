"""manage_issuers: an administrator makes and describes the issuers of a tenant, and says who issues for what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import Course
from lti_tool.domain.issuer import Issuer, IssuerForm, IssuerKind, Scope, require_slug
from lti_tool.domain.platform import Registration
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class PlatformChoice:
    """Who was chosen for a platform and for each of its courses; "" where nobody was."""

    registration: Registration
    slug: str
    courses: list[tuple[Course, str]]


class ManageIssuers:
    """`new_identity(kind, slug, proof)` gives what the badges of a new issuer name, and makes its key where it has its
    own."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        tenant_id: str,
        new_identity: Callable[[IssuerKind, str, str], str],
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id
        self._new_identity = new_identity

    def all(self) -> list[Issuer]:
        with self._transactions(write=False) as unit:
            return unit.issuers.all(self._tenant_id)

    def get(self, slug: str) -> Issuer:
        """Raises `issuer.unknown`, for another tenant's too."""
        with self._transactions(write=False) as unit:
            return self._own(unit, slug)

    def default(self) -> Issuer:
        """Who issues where nothing else was chosen."""
        with self._transactions(write=False) as unit:
            return unit.issuers.of_tenant(self._tenant_id)

    def add(self, slug: str, kind: IssuerKind, form: IssuerForm, logo: bytes | None = None) -> Issuer:
        """`logo`: a PNG that was checked. Raises `issuer.exists`, also where the short name is another tenant's."""
        form = form.tidied()
        with self._transactions(write=False) as unit:
            self._require_new(unit, require_slug(slug))
        # A key that is made for nothing, where two add the same at once, harms nobody.
        identity = self._new_identity(kind, slug, form.proof)
        issuer = Issuer(self._tenant_id, slug, identity, form.name, form.url, form.proof)
        with self._transactions() as unit:
            self._require_new(unit, slug)
            issuer = self._described(unit, issuer, form, logo)
            unit.issuers.save(issuer)
            unit.commit()
        return issuer

    def edit(self, slug: str, form: IssuerForm, logo: bytes | None = None, *, without_logo: bool = False) -> Issuer:
        """Badges that were issued keep saying what they said. Without a `logo` the one that it has stays."""
        form = form.tidied()
        with self._transactions() as unit:
            issuer = self._described(unit, self._own(unit, slug), form, logo)
            if without_logo and logo is None:
                issuer = replace(issuer, image_id="")
            unit.issuers.save(issuer)
            unit.commit()
        return issuer

    def choices(self, registration_id: str) -> PlatformChoice:
        """Raises `platform.unknown`."""
        with self._transactions(write=False) as unit:
            registration = own_platform(unit, registration_id, self._tenant_id)
            courses = sorted(unit.courses.of_registration(registration_id), key=lambda one: one.title.casefold())
            chosen = {course.id: self._chosen(unit, Scope.COURSE, course.id) for course in courses}
            slug = self._chosen(unit, Scope.PLATFORM, registration_id)
        return PlatformChoice(registration, slug, [(course, chosen[course.id]) for course in courses])

    def choose(self, scope: Scope, scope_id: str, slug: str) -> None:
        """For awards that are not issued yet; "" takes it back. Raises NotFound for what is not this tenant's."""
        with self._transactions() as unit:
            if slug:
                self._own(unit, slug)
            self._require_own(unit, scope, scope_id)
            unit.issuers.choose(scope, scope_id, slug)
            unit.commit()

    def choose_no_more(self, scope: Scope, scope_id: str, slug: str) -> None:
        """Takes the choice of this issuer back. Raises `issuer.not_chosen` where it is not the one that is chosen."""
        with self._transactions() as unit:
            self._require_own(unit, scope, scope_id)
            if not slug or self._chosen(unit, scope, scope_id) != slug:
                raise NotFound("issuer.not_chosen", f"The issuer {slug} is not chosen for this {scope.value}.")
            unit.issuers.choose(scope, scope_id, "")
            unit.commit()

    def chosen(self) -> list[tuple[Scope, str, Issuer]]:
        """Every choice that stands, as (for what, its id, whom), the narrowest first."""
        with self._transactions(write=False) as unit:
            found = unit.issuers.choices(self._tenant_id)
        order = list(Scope)
        return sorted(found, key=lambda choice: (order.index(choice[0]), choice[1]))

    def _chosen(self, unit: UnitOfWork, scope: Scope, scope_id: str) -> str:
        found = unit.issuers.chosen(self._tenant_id, {scope: scope_id}).get(scope)
        return found.slug if found else ""

    def _require_own(self, unit: UnitOfWork, scope: Scope, scope_id: str) -> None:
        if scope is Scope.TENANT:
            if scope_id != self._tenant_id:
                raise NotFound("authz.tenant", "There is no such tenant here.")
            return
        if scope is Scope.BADGE:
            badge = unit.achievements.latest(scope_id)
            if badge is None:
                raise NotFound("achievement.unknown", "There is no such badge.")
            scope, scope_id = Scope.COURSE, badge.course_id
        if scope is Scope.COURSE:
            course = unit.courses.get(scope_id)
            if course is None:
                raise NotFound("course.unknown", "There is no such course.")
            scope_id = course.registration_id
        own_platform(unit, scope_id, self._tenant_id)

    def _described(self, unit: UnitOfWork, issuer: Issuer, form: IssuerForm, logo: bytes | None) -> Issuer:
        self._require_parent(unit, issuer.slug, form.parent_slug)
        if issuer.kind is IssuerKind.DID_KEY:  # which signs with the key that it is
            form = replace(form, proof=issuer.proof, jwt_algorithm="ES256")
        return replace(
            issuer,
            name=form.name,
            url=form.url,
            email=form.email,
            description=form.description,
            colour=form.colour,
            proof=form.proof,
            jwt_algorithm=form.jwt_algorithm,
            parent_slug=form.parent_slug,
            image_id=unit.images.add(logo, lasting=True) if logo else issuer.image_id,
            edited_at=self._clock.now(),
        )

    def _require_parent(self, unit: UnitOfWork, slug: str, parent_slug: str) -> None:
        """One step only: a badge names the organisation above its issuer, and nothing above that."""
        if not parent_slug:
            return
        parent = self._own(unit, parent_slug)
        has_children = any(one.parent_slug == slug for one in unit.issuers.all(self._tenant_id))
        if parent.slug == slug or parent.parent_slug or has_children:
            raise BadgeToolError(
                "issuer.parent_invalid",
                "An issuer can belong to another one that belongs to none itself.",
                status=422,
            )

    def _own(self, unit: UnitOfWork, slug: str) -> Issuer:
        issuer = unit.issuers.by_slug(slug)
        if issuer is None or issuer.tenant_id != self._tenant_id:
            raise NotFound("issuer.unknown", "There is no such issuer here.")
        return issuer

    @staticmethod
    def _require_new(unit: UnitOfWork, slug: str) -> None:
        if unit.issuers.by_slug(slug) is not None:
            raise BadgeToolError("issuer.exists", "There is an issuer with this short name already.", status=409)
