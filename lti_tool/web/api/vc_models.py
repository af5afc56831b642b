"""What the VC API takes and answers (Verifiable Credential API 1.0, "VCALM": issuing and verifying)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Options(BaseModel):
    # Callers may send what they know of the interface; what is not known here has no effect.
    model_config = ConfigDict(extra="allow")


class IssueOptions(_Options):
    credentialId: str = Field("", max_length=2048, description="Has no effect: nothing is kept.")  # noqa: N815


class IssueRequest(BaseModel):
    """A credential without a proof. Its issuer is one of this installation, or is left out."""

    credential: dict[str, Any]
    options: IssueOptions = Field(default_factory=IssueOptions)


class IssueAnswer(BaseModel):
    verifiableCredential: dict[str, Any]  # noqa: N815


class VerifyOptions(_Options):
    returnCredential: bool = False  # noqa: N815


class VerifyCredentialRequest(BaseModel):
    """A credential with a proof, or one in an envelope (EnvelopedVerifiableCredential)."""

    verifiableCredential: dict[str, Any]  # noqa: N815
    options: VerifyOptions = Field(default_factory=VerifyOptions)


class ProblemOut(BaseModel):
    """Problem details (RFC 9457). `type` is an address that names the kind of problem."""

    type: str
    title: str
    detail: str
    status: int = 400


class CredentialResult(BaseModel):
    verified: bool
    problemDetails: list[ProblemOut]  # noqa: N815
    credential: dict[str, Any] | None = None


class PresentationOptions(_Options):
    challenge: str = Field("", max_length=1024)
    domain: str = Field("", max_length=1024)
    returnPresentation: bool = False  # noqa: N815


class VerifyPresentationRequest(BaseModel):
    """A presentation with a proof (`verifiablePresentation`), or one without (`presentation`)."""

    verifiablePresentation: dict[str, Any] | None = None  # noqa: N815
    presentation: dict[str, Any] | None = None
    options: PresentationOptions = Field(default_factory=PresentationOptions)


class CredentialResults(BaseModel):
    credentials: list[CredentialResult]


class PresentationResult(BaseModel):
    verified: bool
    problemDetails: list[ProblemOut]  # noqa: N815
    results: CredentialResults
    verifiablePresentation: dict[str, Any] | None = None  # noqa: N815
