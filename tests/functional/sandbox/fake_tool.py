"""A tiny LTI tool on this machine: a key of its own, a key set to fetch, and a webhook that remembers."""

from __future__ import annotations

import json
import queue
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"


class FakeTool:
    """`hooks` receives (headers, body) of each webhook; `hook_statuses` answers them, then 204 for ever."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.hooks: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        self.hook_statuses: list[int] = []
        self.url = ""
        self.client_id = ""
        self.app = Flask("fake-tool")
        self.app.add_url_rule("/jwks", view_func=self._jwks)
        # The programs that asked for a page of the tool, and the notices that came.
        self.visits: queue.Queue[str] = queue.Queue()
        self.notices: queue.Queue[dict[str, Any]] = queue.Queue()
        self.app.add_url_rule("/visited", view_func=self._visited)
        self.app.add_url_rule("/notices", view_func=self._notices, methods=["POST"])
        self.app.add_url_rule("/hook", view_func=self._hook, methods=["POST"])

    def _jwks(self) -> Response:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return jsonify(keys=[{**jwk, "kid": "tool-key", "alg": "RS256", "use": "sig"}])

    def _hook(self) -> tuple[str, int]:
        self.hooks.put((dict(request.headers), request.get_data()))
        return "", self.hook_statuses.pop(0) if self.hook_statuses else 204

    def _visited(self) -> str:
        self.visits.put(request.headers.get("User-Agent", ""))
        return ""

    def _notices(self) -> str:
        self.notices.put(request.get_json())
        return ""

    def metadata(self, scope: str) -> dict[str, Any]:
        """What the tool posts to a registration endpoint."""
        host = self.url.removeprefix("http://")
        return {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["client_credentials", "implicit"],
            "initiate_login_uri": f"{self.url}/login",
            "redirect_uris": [f"{self.url}/launch"],
            "client_name": "Fake <Tool>",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": scope,
            TOOL_CONFIGURATION: {
                "domain": host,
                "target_link_uri": f"{self.url}/",
                "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
                "custom_parameters": {"history": "$Context.id.history", "who": "$User.id", "odd": "$No.such"},
                "messages": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest", "target_link_uri": f"{self.url}/pick"},
                ],
                "urn:lti-badges:event-webhook": {"url": f"{self.url}/hook", "secret": SECRET},
            },
        }

    def sign(self, claims: dict[str, Any], **header: str) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "tool-key", **header})

    def assertion(self, audience: str, now: datetime, **changes: Any) -> dict[str, Any]:
        """The claims of a client assertion."""
        issued = int(now.timestamp())
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "iat": issued,
            "exp": issued + 60,
            "jti": str(uuid.uuid4()),
            **changes,
        }

    def deep_linking_answer(
        self, audience: str, now: datetime, data: str, items: list[dict[str, Any]], **changes: Any
    ) -> dict[str, Any]:
        """The claims of a Deep Linking response."""
        issued = int(now.timestamp())
        return {
            "iss": self.client_id,
            "aud": audience,
            "iat": issued,
            "exp": issued + 60,
            "nonce": str(uuid.uuid4()),
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": "site-1",
            DL_CLAIM + "data": data,
            DL_CLAIM + "content_items": items,
            **changes,
        }


@contextmanager
def running_tool() -> Iterator[FakeTool]:
    """A fake tool that answers on a free port of this machine."""
    tool = FakeTool()
    server = make_server("127.0.0.1", 0, tool.app, threaded=True)
    tool.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield tool
    server.shutdown()
    server.server_close()
    thread.join()
