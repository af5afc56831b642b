"""The form by which evidence is handed in, and the answer that carries a file of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, Response, make_response

from lti_tool.domain.evidence import CheckedFile, Evidence
from lti_tool.web.form_text import typed
from lti_tool.web.security.limits import admit_upload
from lti_tool.web.services import PageServices

# Views that take a file: their requests may be larger than others.
TAKE_FILES = frozenset({"learner.hand_in", "instructor.put_forward"})
# Whatever a file is, it is no page of ours: it can run nothing and reach nothing.
_POLICY = "sandbox; default-src 'none'"


@dataclass(frozen=True, slots=True)
class SentEvidence:
    """`keeps_file`: the file from before goes with it once more."""

    piece: str
    evidence: Evidence
    file: CheckedFile | None
    keeps_file: bool


def sent_evidence(services: PageServices, request: Request, sender_id: str) -> SentEvidence:
    """What a form hands in. Raises `evidence.*`, `image.*`, and `upload.too_many` where somebody sends files without
    end."""
    form = request.form
    evidence = Evidence(typed(form, "text"), typed(form, "url"))
    chosen = request.files.get("file")
    file = None
    if chosen is not None and chosen.filename and services.evidence_bytes:
        admit_upload(sender_id)
        file = services.check_evidence(chosen.read(services.evidence_bytes + 1), chosen.filename)
    return SentEvidence(typed(form, "piece"), evidence, file, form.get("keep_file") == "1")


def file_answer(file: CheckedFile) -> Response:
    """As something to be saved, never shown in a page of ours."""
    response = make_response(file.content)
    response.headers["Content-Type"] = file.media_type
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response
