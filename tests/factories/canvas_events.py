"""Live Events in the shapes in which Canvas sends them, and keys that sign them; all people and numbers invented."""

from __future__ import annotations

import hmac
import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode

SHARD = 3021
COURSE, ASSIGNMENT, ANA, TEACHER = 71, 640, 52, 9
GUID = "q3Zt0nH2bNw8fKp5.canvas.school.example"
HOST = "canvas.school.example"
AT = "2026-09-01T07:58:30.250Z"


def whole(number: int, shard: int = SHARD) -> str:
    """The global form of a number."""
    return str(shard * 10**13 + number)


def metadata(name: str, **changes: Any) -> dict[str, Any]:
    """Of an event that a teacher's request caused; None takes a member away, as jobs leave many out."""
    usual = {
        "context_account_id": whole(3),
        "context_id": whole(COURSE),
        "context_role": "TeacherEnrollment",
        "context_type": "Course",
        "event_name": name,
        "event_time": AT,
        "hostname": HOST,
        "http_method": "PUT",
        "producer": "canvas",
        "request_id": "0d9c4c1e-6f43-4c52-8a0e-6f3a3c1f7a11",
        "root_account_id": whole(1),
        "root_account_lti_guid": GUID,
        "root_account_uuid": "q3Zt0nH2bNw8fKp5",
        "user_account_id": whole(1),
        "user_id": whole(TEACHER),
        "user_login": "tess@school.example",
    }
    return {key: value for key, value in (usual | changes).items() if value is not None}


def job(name: str) -> dict[str, Any]:
    """Metadata of what one of Canvas's jobs caused: nobody's request."""
    dropped = ("context_account_id", "context_id", "context_role", "context_type", "hostname", "http_method")
    return metadata(name, **dict.fromkeys((*dropped, "request_id", "user_account_id", "user_id", "user_login")))


def event(name: str, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"metadata": metadata(name, **changes), "body": body}


def grade_change(score: Any = 17, person: int = ANA, at: str = AT, **changes: Any) -> dict[str, Any]:
    """All numbers global. The teacher graded."""
    body = {
        "assignment_id": whole(ASSIGNMENT),
        "assignment_name": "Risk assessment",
        "grade": None if score is None else str(score),
        "grader_id": whole(TEACHER),
        "grading_complete": True,
        "muted": False,
        "old_grade": None,
        "old_points_possible": 20,
        "old_score": None,
        "points_possible": 20,
        "score": score,
        "student_id": whole(person),
        "student_sis_id": "S-1",
        "submission_id": whole(88_001),
        "user_id": whole(person),
    }
    return event("grade_change", body | changes, event_time=at)


def course_grade_change(current: Any = 91.5, final: Any = 40.0, **changes: Any) -> dict[str, Any]:
    """All numbers local."""
    body = {
        "user_id": str(ANA),
        "course_id": str(COURSE),
        "workflow_state": "active",
        "created_at": "2026-08-01T08:00:00Z",
        "updated_at": "2026-09-01T07:58:30Z",
        "current_score": current,
        "final_score": final,
        "unposted_current_score": 99,
        "unposted_final_score": 98,
    }
    return event("course_grade_change", body | changes)


def course_progress(met: Any = 3, needed: Any = 4, completed_at: Any = None, **progress: Any) -> dict[str, Any]:
    """A job's event, all numbers local; with an e-mail address, which is not to be kept."""
    told = {"completed_at": completed_at, "requirement_completed_count": met, "requirement_count": needed} | progress
    name = "course_completed" if completed_at else "course_progress"
    user = {"email": "ana@school.example", "id": str(ANA), "name": "Ana Example"}
    course = {"account_id": "3", "id": str(COURSE), "name": "Lab"}
    return {"metadata": job(name), "body": {"course": course, "progress": told, "user": user}}


def submission(name: str = "submission_created", **changes: Any) -> dict[str, Any]:
    body = {
        "assignment_id": whole(ASSIGNMENT),
        "attempt": 2,
        "body": "My own words.",
        "grade": None,
        "graded_at": None,
        "late": True,
        "lti_user_id": None,
        "missing": False,
        "score": None,
        "submission_id": whole(88_001),
        "submission_type": "online_text_entry",
        "submitted_at": "2026-09-01T07:58:29Z",
        "updated_at": "2026-09-01T07:58:29Z",
        "user_id": whole(ANA),
        "workflow_state": "submitted",
    }
    return event(name, body | changes)


def module(name: str = "module_updated", state: str = "active", **changes: Any) -> dict[str, Any]:
    """All numbers local."""
    body = {"context_id": str(COURSE), "context_type": "Course", "module_id": "14", "name": "Before you begin"}
    return event(name, body | {"position": 1, "workflow_state": state} | changes)


def caliper_grade(score: Any = 17, person: int = ANA, **changes: Any) -> dict[str, Any]:
    """Caliper 1.1 as Canvas writes it; the actor is the teacher."""
    attempt = {
        "id": f"urn:instructure:canvas:submission:{whole(88_001)}",
        "type": "Attempt",
        "assignee": {"id": f"urn:instructure:canvas:user:{whole(person)}", "type": "Person"},
        "assignable": {
            "id": f"urn:instructure:canvas:assignment:{whole(ASSIGNMENT)}",
            "type": "AssignableDigitalResource",
        },
    }
    about = {"hostname": HOST, "version": "1.0.0"}
    return {
        "@context": "http://purl.imsglobal.org/ctx/caliper/v1p1",
        "id": "urn:uuid:6f0d9c3a-1d0e-4b7c-9f51-0a5a3e1b2c77",
        "type": "GradeEvent",
        "actor": {"id": f"urn:instructure:canvas:user:{whole(TEACHER)}", "type": "Person"},
        "action": "Graded",
        "object": attempt,
        "eventTime": AT,
        "generated": {"type": "Score", "attempt": attempt, "maxScore": 20, "scoreGiven": score},
        "edApp": {"id": f"https://{HOST}/", "type": "SoftwareApplication"},
        "group": {"id": f"urn:instructure:canvas:course:{whole(COURSE)}", "type": "CourseOffering"},
        "extensions": {"com.instructure.canvas": about},
    } | changes


def caliper_envelope(*events: Any) -> dict[str, Any]:
    return {
        "sensor": f"https://{HOST}/",
        "sendTime": AT,
        "dataVersion": "http://purl.imsglobal.org/ctx/caliper/v1p1",
        "data": list(events),
    }


@cache
def signing_key(name: str) -> RSAPrivateKey:
    """A key of that name; the same for a whole run, because making one takes a while."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def signed(said: Any, kid: str = "current", signer: str = "", **headers: Any) -> bytes:
    """The body as Canvas sends it with “Sign Payload”: by the key `kid`, or by `signer` in its name."""
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    head = {"kid": kid, "typ": "JWT"} | headers
    token: str = jwt.PyJWS().encode(raw, signing_key(signer or kid), algorithm="RS256", headers=head)
    return token.encode()


def signed_with_public_key(said: Any, kid: str = "current") -> bytes:
    """HS256 with the public key as the secret, which libraries refuse to make."""
    public = signing_key(kid).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [base64url_encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": kid}, said)]
    return b".".join([*parts, base64url_encode(hmac.digest(public, b".".join(parts), "sha256"))])


def key_set(*kids: str) -> dict[str, Any]:
    """What the address of the key set answers."""
    numbers = {kid: RSAAlgorithm.to_jwk(signing_key(kid).public_key(), as_dict=True) for kid in kids}
    return {"keys": [{**numbers[kid], "kid": kid, "alg": "RS256", "use": "sig", "key_ops": ["verify"]} for kid in kids]}
