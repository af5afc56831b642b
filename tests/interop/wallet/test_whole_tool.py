"""The same wallet against the whole tool: a learner's own offer, and a verifier that is served by the tool alone."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from lti_tool.bootstrap.site import create_site
from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from lti_tool.credentials.contexts.loader import context_document
from lti_tool.domain.identity import Actor
from lti_tool.usecases.decide_award import RevokeAward
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.receive_launch import secret_hash
from tests.factories.house import REGISTRATION, TestHouse, make_house
from tests.factories.wallet import LDP
from tests.peers_support import ask_node
from tests.services.databases import SqliteDatabases

pytestmark = pytest.mark.peer("node")


@dataclass
class Running:
    """The tool at `url`, with one learner who has one badge."""

    lab: TestHouse
    url: str
    award_id: str

    def offer(self) -> str:
        """The offer that the learner's own page shows."""
        lab, session_id = self.lab, "session-of-ana"
        token = lab.house.secret.page_token(session_id)
        now = lab.clock.now()
        session = LaunchSession(
            id=session_id,
            token_hash=secret_hash(token),
            browser_hash="",
            registration_id=REGISTRATION,
            deployment_id=lab.course.deployment_id,
            course_id=lab.course.id,
            person_id=lab.people["ana"].id,
            roles=("Learner",),
            data={},
            created_at=now,
            expires_at=now + timedelta(hours=1),
        )
        with lab.house.transactions() as unit:
            unit.launch_sessions.add(session)
            unit.commit()
        page = requests.post(
            f"{self.url}/s/{session_id}/my/{self.award_id}/wallet", data={"launch_token": token}, timeout=10
        )
        page.raise_for_status()
        found = re.search(r'href="(openid-credential-offer://[^"]+)"', page.text)
        assert found is not None
        return html.unescape(found[1])

    def verified(self, credential: dict[str, Any]) -> Any:
        """What npm @digitalbazaar/vc says, with the issuer's documents as the tool serves them now."""
        contexts = (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, DID_V1, MULTIKEY_V1)
        documents: dict[str, Any] = {url: context_document(url) for url in contexts}
        list_url = credential["credentialStatus"]["statusListCredential"]
        documents[credential["issuer"]["id"]] = requests.get(f"{self.url}/issuers/default/did.json", timeout=10).json()
        documents[list_url] = requests.get(list_url, timeout=10).json()
        return ask_node("verify_credential.mjs", {"credential": credential, "documents": documents})


@pytest.fixture
def tool(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Running]:
    server = make_server("127.0.0.1", 0, app=None, threaded=True)
    url = f"http://localhost:{server.port}"
    lab = make_house(sqlite_databases.empty(), tmp_path, base_url=url)
    # The wallet's clock is the wall's.
    lab.clock.at = datetime.now(UTC)
    lab.publish()
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_course(lab.course.id)
    server.app = create_site(lab.house)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Running(lab, url, award.id)
    server.shutdown()
    thread.join()
    server.server_close()
    lab.house.engine.dispose()


def test_the_wallet_collects_a_learners_badge_and_its_withdrawal_shows(tool: Running) -> None:
    received = ask_node(
        "wallet.mjs",
        {"offer": tool.offer(), "configuration": LDP, "holder": "did:key", "notify": "credential_accepted"},
    )
    credential = received["credential"]
    assert credential["id"] == f"urn:uuid:{tool.award_id}"
    assert credential["credentialSubject"]["id"] == received["holder"]
    assert credential["credentialSubject"]["achievement"]["name"] == "Lab safety"
    answer = tool.verified(credential)
    assert answer["verified"] is True, answer
    assert tool.verified(credential | {"name": "Another badge"})["verified"] is False

    revoke = RevokeAward(tool.lab.house.transactions, tool.lab.clock)
    revoke(tool.lab.course.id, tool.award_id, Actor("person", "t", "Terry Teacher"), "Copied")
    tool.lab.work()
    # Digitalbazaar reports a withdrawn badge apart from its proof.
    assert [entry["set"] for entry in answer["status"]] == [False]
    assert [entry["set"] for entry in tool.verified(credential)["status"]] == [True]
