"""Every recipe runs as it stands against the running hooks, and the page shows what runs."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from lti_tool.bootstrap.secrets import admin_token
from lti_tool.bootstrap.site import create_site
from lti_tool.demo.html_page import parse_html
from lti_tool.sources.sender import Sender
from lti_tool.sources.webhook import recipes, signing_secret
from lti_tool.usecases.source_keys import ManageSourceKeys, NewKey
from tests.factories.house import CONTEXT, REGISTRATION, TestHouse, make_house
from tests.services.databases import SqliteDatabases

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "webhook-recipes.md"
N8N = """
const run = new (Object.getPrototypeOf(async function () {}).constructor)("$json", "$env", "require", CODE);
const made = (await run(JSON.parse(readFileSync(0, "utf8")), process.env, createRequire(import.meta.url))).json;
const headers = { ...made.headers, "Content-Type": "application/json" };
const answer = await fetch(process.env.HOOK_URL, { method: "POST", body: made.body, headers });
console.log(await answer.text());
"""


class Sending:
    """A running site with one secret for webhooks; `now` of the senders is the machine's."""

    def __init__(self, lab: TestHouse, address: str) -> None:
        self.lab, self.address = lab, address
        keys = ManageSourceKeys(lab.house.transactions, lab.clock, "default")
        self.hook: NewKey = keys.add(REGISTRATION, "webhook", {})
        self.xapi: NewKey = keys.add(REGISTRATION, "xapi", Sender("https://moodle.example.edu").to_json())

    def run(self, command: list[str], event: dict[str, object]) -> dict[str, object]:
        settings = {"HOOK_URL": f"{self.address}/hooks/{REGISTRATION}", "HOOK_SECRET": signing_secret(self.hook.secret)}
        env = {**os.environ, **settings}
        said = json.dumps(event).encode()
        done = subprocess.run(command, input=said, capture_output=True, env=env, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    def scores(self) -> list[float | None]:
        self.lab.work()
        with self.lab.house.transactions(write=False) as unit:
            record = unit.records.get(self.lab.course.id, self.lab.people["ana"].id)
        return [fact.score for fact in record]


@pytest.fixture
def sending(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Sending]:
    url = sqlite_databases.empty()
    lab = make_house(url, tmp_path)
    lab.clock.at = datetime.now(UTC)
    server = make_server("127.0.0.1", 0, create_site(lab.house), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Sending(lab, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    lab.house.engine.dispose()
    sqlite_databases.drop(url)


def event() -> dict[str, object]:
    told = json.loads(recipes.EVENT.text)
    told["data"] |= {"context_id": CONTEXT, "user_id": "ana"}
    return dict(told)


def written(recipe: recipes.Recipe, folder: Path) -> str:
    path = folder / recipe.file
    path.write_text(recipe.text, encoding="utf-8")
    return str(path)


COMMANDS = {
    "curl.sh": pytest.param("curl.sh", ["sh"], marks=[pytest.mark.peer("curl"), pytest.mark.peer("openssl")]),
    "python.py": pytest.param("python.py", [sys.executable]),
    "node.mjs": pytest.param("node.mjs", ["node"], marks=pytest.mark.peer("node")),
}


@pytest.mark.parametrize(("file", "command"), COMMANDS.values())
def test_a_sender_is_heard_once_however_often_it_tells(
    sending: Sending, tmp_path: Path, file: str, command: list[str]
) -> None:
    [recipe] = [one for one in recipes.SENDERS if one.file == file]
    command = [*command, written(recipe, tmp_path), "msg-1"]
    assert [sending.run(command, event()) for _ in range(2)] == [{"accepted": 1}, {"accepted": 0}]
    assert sending.scores() == [17.0]


@pytest.mark.peer("node")
def test_the_code_of_n8n_signs_what_it_sends(sending: Sending, tmp_path: Path) -> None:
    [recipe] = [one for one in recipes.SENDERS if one.file == "n8n.js"]
    around = 'import { readFileSync } from "node:fs";\nimport { createRequire } from "node:module";\n'
    script = tmp_path / "node_of_n8n.mjs"
    script.write_text(around + N8N.replace("CODE", json.dumps(recipe.text)), encoding="utf-8")
    assert sending.run(["node", str(script)], {"id": "msg-1", "event": event()}) == {"accepted": 1}
    assert sending.scores() == [17.0]


def test_moodles_trigger_tells_by_xapi_of_the_learner_and_not_of_who_acted(sending: Sending) -> None:
    fields = {"relateduserid": "ana", "userid": "ben", "contextinstanceid": "71", "courseid": "17"}
    said = re.sub(r"\{(\w+)\}", lambda found: fields[found[1]], recipes.MOODLE_TRIGGER.text)
    pair = base64.b64encode(f"{sending.xapi.key_id}:{sending.xapi.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "X-Experience-API-Version": "1.0.3"}
    site = create_site(sending.lab.house).test_client()
    answer = site.post(f"/xapi/{REGISTRATION}/statements", data=said, headers=headers, content_type="application/json")
    assert answer.status_code == 200, answer.text
    with sending.lab.house.transactions(write=False) as unit:
        stored = unit.inbox.get(1)
    assert stored is not None
    assert (stored.event.subject, stored.event.target, stored.event.context_id) == ("ana", "71", "17")
    assert stored.event.completed is True


def test_the_page_shows_what_was_run() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for recipe in (recipes.EVENT, *recipes.SENDERS, recipes.MOODLE_TRIGGER):
        assert f"\n{recipe.text}```" in page, recipe.file


def test_the_administrator_finds_them_with_the_platforms_addresses(sending: Sending) -> None:
    client = create_site(sending.lab.house).test_client()
    token = admin_token(sending.lab.house.settings.admin_token_path)
    base = sending.lab.house.settings.base_url
    assert client.get("/admin/platforms/reg-1/webhook/recipes", base_url=base).status_code == 303
    client.post("/admin/sign-in", data={"token": token}, base_url=base)
    assert "/admin/platforms/reg-1/webhook/recipes" in client.get("/admin/platforms/reg-1", base_url=base).text
    page = parse_html(client.get("/admin/platforms/reg-1/webhook/recipes", base_url=base).text)
    assert page.by_id("hook-url").get("value") == f"{base}/hooks/reg-1"  # type: ignore[union-attr]
    assert all(recipe.text.strip() in page.text or recipe.title in page.text for recipe in recipes.SENDERS)
    schema = client.get("/schemas/webhook-event-1.json", base_url=base)
    assert (schema.status_code, schema.mimetype) == (200, "application/schema+json")
    assert schema.get_json()["title"].startswith("A learning event")
