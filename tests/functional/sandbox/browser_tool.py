"""The fake tool's pages for a real browser: registration, login with platform storage, launch, Deep Linking."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import jwt
import requests
from flask import request

from lti_tool.sandbox import scopes
from tests.functional.sandbox.fake_tool import CLAIM, DL_CLAIM, FakeTool

# The state goes into the platform's storage; only when the platform has it does the login go on.
LOGIN = """<!doctype html><title>Login</title><script>
const target = window.parent;
window.addEventListener("message", (event) => {{
  if (event.origin !== "{lms}" || event.data.subject !== "lti.put_data.response") return;
  window.location.assign("{next}");
}});
target.postMessage({{subject: "lti.put_data", message_id: "1", key: "state", value: "{state}"}}, "{lms}");
</script>"""

LAUNCH = """<!doctype html><title>Tool</title><h1>Hello {name}</h1><p id="stored">asking</p>{form}<script>
window.addEventListener("message", (event) => {{
  if (event.origin !== "{lms}" || event.data.subject !== "lti.get_data.response") return;
  document.getElementById("stored").textContent = event.data.value === "{state}" ? "state kept" : "state lost";
}});
window.parent.postMessage({{subject: "lti.get_data", message_id: "2", key: "state"}}, "{lms}");
window.parent.postMessage({{subject: "lti.frameResize", message_id: "3", height: 777}}, "{lms}");
</script>"""

REGISTERED = """<!doctype html><title>Registered</title><button id="close">Close</button><script>
document.getElementById("close").onclick = () =>
  (window.opener || window.parent).postMessage({subject: "org.imsglobal.lti.close"}, "*");
</script>"""


class BrowserTool:
    """Adds the pages to a fake tool that serves the LMS at `lms`."""

    def __init__(self, tool: FakeTool, lms: str) -> None:
        self.tool = tool
        self.lms = lms
        tool.app.add_url_rule("/register", view_func=self.register)
        tool.app.add_url_rule("/login", view_func=self.login, methods=["POST"])
        tool.app.add_url_rule("/launch", view_func=self.launch, methods=["POST"])

    def register(self) -> str:
        configuration = requests.get(request.args["openid_configuration"], timeout=5).json()
        answer = requests.post(
            configuration["registration_endpoint"],
            json=self.tool.metadata(" ".join(scopes.SUPPORTED)),
            headers={"Authorization": f"Bearer {request.args['registration_token']}"},
            timeout=5,
        )
        self.tool.client_id = answer.json()["client_id"]
        return REGISTERED

    def login(self) -> str:
        state = secrets.token_hex(8)
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": request.form["client_id"],
            "redirect_uri": f"{self.tool.url}/launch",
            "login_hint": request.form["login_hint"],
            "lti_message_hint": request.form["lti_message_hint"],
            "state": state,
            "nonce": secrets.token_hex(8),
        }
        address = requests.Request("GET", f"{self.lms}/lti/auth", params=asked).prepare().url
        return LOGIN.format(lms=self.lms, next=address, state=state)

    def launch(self) -> str:
        keys = jwt.PyJWKSet.from_dict(requests.get(f"{self.lms}/lti/jwks", timeout=5).json())
        token = request.form["id_token"]
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=self.tool.client_id, leeway=60)
        return LAUNCH.format(name=claims["name"], lms=self.lms, state=request.form["state"], form=self._picker(claims))

    def _picker(self, claims: dict[str, Any]) -> str:
        if claims[CLAIM + "message_type"] != "LtiDeepLinkingRequest":
            return ""
        settings = claims[DL_CLAIM + "deep_linking_settings"]
        item = {"type": "ltiResourceLink", "title": "Lab safety badge", "lineItem": {"scoreMaximum": 1}}
        answer = self.tool.deep_linking_answer(self.lms, datetime.now(UTC), settings["data"], [item])
        return (
            f'<form method="post" action="{settings["deep_link_return_url"]}">'
            f'<input type="hidden" name="JWT" value="{self.tool.sign(answer)}">'
            '<button id="pick">Place it</button></form>'
        )
