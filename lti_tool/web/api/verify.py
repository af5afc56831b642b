"""POST /api/v1/verify: the same check as the page /verify, for programs."""

from __future__ import annotations

import json

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from lti_tool.usecases.check_badges import CheckBadges
from lti_tool.web.api.description import PREFIX
from lti_tool.web.api.models import ErrorAnswer, VerifyAnswer, VerifyRequest, as_handed_in
from lti_tool.web.present.checked import as_json
from lti_tool.web.protocols.open_access import open_to_every_origin
from lti_tool.web.verify.intake import MOST_REQUEST_BYTES

_TAG = Tag(name="verification", description="Is a badge genuine, unaltered and valid today?")

_ANSWERS: ResponseDict = {200: VerifyAnswer, 400: ErrorAnswer, 413: ErrorAnswer, 422: ErrorAnswer, 429: ErrorAnswer}
_ANSWERS[503] = ErrorAnswer


def verify_api(check: CheckBadges) -> APIBlueprint:
    """No key is needed: everything that is checked is in the badge, or published by its issuer."""
    blueprint = APIBlueprint("api_v1", __name__, url_prefix=PREFIX, abp_tags=[_TAG])

    @blueprint.before_request
    def admit_large_bodies() -> None:
        request.max_content_length = MOST_REQUEST_BYTES

    @blueprint.post("/verify", operation_id="verify", responses=_ANSWERS)
    def verify(body: VerifyRequest) -> Response:
        """Checks badges; the answer has one result for each, in order."""
        handed = [
            as_handed_in(number, badge, json.dumps(badge.credential, ensure_ascii=False))
            for number, badge in enumerate(body.badges, 1)
        ]
        with check.many(handed) as answers:
            results = dict(answers)
        return jsonify(results=[as_json(results[place]) for place in sorted(results)])

    blueprint.after_request(open_to_every_origin)
    return blueprint
