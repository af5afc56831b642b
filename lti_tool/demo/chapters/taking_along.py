"""The learner takes her badge along: as files, in a wallet, as a public page."""

from __future__ import annotations

import json

from lti_tool.demo.browser import Browser
from lti_tool.demo.learner_pages import download, share, wallet_offer
from lti_tool.demo.scene import BADGE, Scene
from lti_tool.demo.waiting import expect
from lti_tool.demo.wallet import Wallet


def files_verify(scene: Scene) -> str:
    """JSON, JWT and picture of everybody who has the badge; a stranger finds all of them good."""
    for learner in (scene.early, scene.earner, scene.late):
        if learner.user_id not in scene.in_tool:
            learner.come_in()
            scene.in_tool[learner.user_id] = learner.open_badges()
        held = scene.held[learner.user_id] = download(scene.in_tool[learner.user_id], learner)
        for form in (held.json, held.jwt, held.png):
            report = scene.stranger.check(form)
            expect(report.valid, f"a file of {learner.name} does not verify: {report.checks}")
        claims = scene.stranger.check_jwt(held.jwt)
        expect(claims["id"] == held.document["id"], "JSON and JWT are two badges")
        expect(claims["credentialSubject"] == held.document["credentialSubject"], "JSON and JWT differ")
    _forgery_fails(scene)
    return f"{len(scene.held)} badges verify as JSON, JWT and PNG; an altered one does not"


def _forgery_fails(scene: Scene) -> None:
    document = json.loads(scene.held[scene.earner.user_id].json)
    document["credentialSubject"]["achievement"]["name"] = "Professor"
    report = scene.stranger.check(json.dumps(document))
    expect(report.failed and not report.valid, "an altered badge verifies")


def wallet_collects(scene: Scene) -> str:
    """By OpenID4VCI, bound to the wallet's own key."""
    wallet = Wallet()
    tab = scene.in_tool[scene.earner.user_id]
    collected = scene.collected = wallet.collect(wallet_offer(tab))
    subject = collected.document["credentialSubject"]
    expect(subject["id"] == wallet.did, f"the badge is bound to {subject['id']}, the wallet is {wallet.did}")
    for form in (json.dumps(collected.document), collected.jwt):
        report = scene.stranger.check(form)
        expect(report.valid, f"the wallet's badge does not verify: {report.checks}")
    claims = scene.stranger.check_jwt(collected.jwt)
    expect(claims["credentialSubject"]["id"] == wallet.did, "the wallet's JWT is bound to somebody else")
    tab.refresh()
    expect("Stored in your wallet" in tab.page.text, "the learner's page does not say that the wallet has it")
    return f"bound to {wallet.did[:24]}…"


def public_page_is_genuine(scene: Scene) -> str:
    """Off until she asks for it; then anybody can read it, and nothing on it names her."""
    scene.public_url = share(scene.in_tool[scene.earner.user_id])
    page = Browser().tab().open(scene.public_url)
    expect(page.status == 200, f"the public page answered {page.status}")
    expect("Genuine and valid today" in page.text, f"the public page says: {page.text[:300]}")
    expect(BADGE in page.text and "Safety quiz" in page.text, "the public page does not say what it is for")
    expect(scene.earner.name not in page.text, "the public page names the learner, who did not want that")
    expect("Set-Cookie" not in page.headers, "the public page sets a cookie")
    return "“Genuine and valid today”, without her name"


STEPS = (
    ("files", files_verify),
    ("wallet", wallet_collects),
    ("public page", public_page_is_genuine),
)
