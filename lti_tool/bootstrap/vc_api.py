"""What the VC API calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.bootstrap.checking import resolver_of
from lti_tool.bootstrap.house import House
from lti_tool.credentials.lookup import Budget, Remembered
from lti_tool.credentials.verification import Asked, PresentationReport, enveloped, verify, verify_presentation
from lti_tool.domain.credential import VerificationReport
from lti_tool.usecases.api_keys import CheckApiKey
from lti_tool.usecases.sign_for_others import SignForOthers
from lti_tool.web.api.vc_api import VcApi


def make_vc_api(house: House) -> VcApi:
    tenant, resolver = house.settings.tenant, resolver_of(house)

    def fresh() -> Budget:
        """The look-ups of one request, each made once."""
        return Budget(Remembered(resolver))

    def check(credential: Mapping[str, Any]) -> VerificationReport:
        return verify(enveloped(credential), fresh(), now=house.clock.now(), of_any_kind=True)

    def check_presentation(document: dict[str, Any], asked: Asked) -> PresentationReport:
        return verify_presentation(document, fresh(), house.clock.now(), asked)

    return VcApi(
        check_key=CheckApiKey(house.transactions, tenant),
        sign=SignForOthers(house.transactions, house.clock, tenant, house.signer),
        verify=check,
        verify_presentation=check_presentation,
    )
