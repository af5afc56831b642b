"""/credentials/issue, /credentials/verify, /presentations/verify: the VC API, for other systems with a key of ours.

Off unless the setting `vc_api` says otherwise. Nothing that is sent is kept. That a credential does not verify is an
answer (200); what could not be looked at at all is refused (400).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from lti_tool.credentials.verification import Asked, PresentationReport
from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult, VerificationReport
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.api_keys import CheckApiKey
from lti_tool.usecases.sign_for_others import SignForOthers
from lti_tool.web.api.vc_models import (
    CredentialResult,
    IssueAnswer,
    IssueRequest,
    PresentationResult,
    ProblemOut,
    VerifyCredentialRequest,
    VerifyPresentationRequest,
)

MOST_BYTES = 1024 * 1024
_TAG = Tag(name="VC API", description="Signing and checking for other systems, each with a key.")
_BEARER = "Bearer "
_SECURITY: list[dict[str, list[Any]]] = [{"api_key": []}]
_REFUSED: ResponseDict = dict.fromkeys((400, 401, 403, 413, 429, 503), ProblemOut)
# Verifiable Credentials Data Model 2.0, 7.1 Problem Details, by the check that did not hold.
_TYPES = {
    CheckName.READABLE: "PARSING_ERROR",
    CheckName.SCHEMA: "MALFORMED_VALUE_ERROR",
    CheckName.SIGNATURE: "CRYPTOGRAPHIC_SECURITY_ERROR",
    CheckName.ISSUER_KEY: "CRYPTOGRAPHIC_SECURITY_ERROR",
    CheckName.STATUS: "STATUS_VERIFICATION_ERROR",
    CheckName.DATES: "RANGE_ERROR",
}
_DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"


@dataclass(frozen=True, slots=True)
class VcApi:
    """`verify(credential)` and `verify_presentation(presentation, asked)` look up what they need."""

    check_key: CheckApiKey
    sign: SignForOthers
    verify: Callable[[Mapping[str, Any]], VerificationReport]
    verify_presentation: Callable[[dict[str, Any], Asked], PresentationReport]


def vc_api_blueprint(api: VcApi) -> APIBlueprint:
    blueprint = APIBlueprint("vc_api", __name__, abp_tags=[_TAG], abp_security=_SECURITY)

    @blueprint.before_request
    def admit() -> None:
        """By the key alone: no cookie is read."""
        request.max_content_length = MOST_BYTES
        given = request.headers.get("Authorization", "")
        secret = given.removeprefix(_BEARER) if given.startswith(_BEARER) else ""
        api.check_key(secret.strip(), to_issue=request.path.endswith("/issue"))

    @blueprint.post("/credentials/issue", operation_id="issueCredential", responses={201: IssueAnswer, **_REFUSED})
    def issue(body: IssueRequest) -> tuple[Response, int]:
        """Signs a credential for the issuer that it names."""
        return jsonify(verifiableCredential=api.sign(body.credential)), 201

    @blueprint.post(
        "/credentials/verify", operation_id="verifyCredential", responses={200: CredentialResult, **_REFUSED}
    )
    def verify(body: VerifyCredentialRequest) -> Response:
        """Checks a credential of any kind: its proof, its issuer's key, its status and its times."""
        credential = body.verifiableCredential
        result = _result(_readable(api.verify(credential)))
        return jsonify(result | ({"credential": credential} if body.options.returnCredential else {}))

    @blueprint.post(
        "/presentations/verify", operation_id="verifyPresentation", responses={200: PresentationResult, **_REFUSED}
    )
    def verify_presentation(body: VerifyPresentationRequest) -> Response:
        """Checks a presentation and every credential in it."""
        signed = body.verifiablePresentation is not None
        document = body.verifiablePresentation if signed else body.presentation
        if document is None:
            raise BadgeToolError("request.malformed", "There is no presentation in the request.", status=400)
        report = api.verify_presentation(document, Asked(body.options.challenge, body.options.domain, signed))
        _require_read(report.checks)
        shown = {"verifiablePresentation": document} if signed and body.options.returnPresentation else {}
        results = {"credentials": [_result(one) for one in report.credentials]}
        return jsonify(verified=report.valid, problemDetails=_problems(report.checks), results=results, **shown)

    return blueprint


def _readable(report: VerificationReport) -> VerificationReport:
    _require_read(report.checks)
    return report


def _require_read(checks: Iterable[CheckResult]) -> None:
    for check in checks:
        if check.name is CheckName.READABLE and check.outcome is CheckOutcome.FAILED:
            raise BadgeToolError(check.code, check.sentence, status=400)


def _result(report: VerificationReport) -> dict[str, Any]:
    return {"verified": report.valid, "problemDetails": _problems(report.checks)}


def _problems(checks: Iterable[CheckResult]) -> list[dict[str, Any]]:
    return [
        {"type": f"{_DATA_MODEL}{_TYPES[check.name]}", "title": check.code, "detail": check.sentence, "status": 400}
        for check in checks
        if check.outcome is not CheckOutcome.PASSED
    ]
