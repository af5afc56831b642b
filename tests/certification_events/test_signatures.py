"""Who says it, and when: the signature of an event over the bytes that were sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from standardwebhooks import Webhook

from lti_tool.sources.webhook import signing_secret
from lti_tool.usecases.source_keys import ManageSourceKeys
from tests.certification_events.hooks import OTHER, WAITING, Hooks, new_secret
from tests.factories.house import REGISTRATION

row = pytest.mark.row


def use_secrets(hooks: Hooks, *secrets: str) -> None:
    with hooks.site.course.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        unit.registrations.save(replace(held, webhook_secret=" ".join(secrets)))
        unit.commit()
    hooks.site.secrets += secrets


def test_a_signed_event_is_stored_before_it_is_acknowledged(hooks: Hooks) -> None:
    answer = hooks.send(hooks.body())
    assert (answer.status_code, answer.get_json()) == (202, {"accepted": 1})
    (stored,) = hooks.site.rows()["inbox_events"]
    assert "msg_1" in stored


@row("EV01")
def test_ev01_unsigned(hooks: Hooks) -> None:
    signed = hooks.sign(hooks.body())
    for missing in signed:
        headers = {name: value for name, value in signed.items() if name != missing}
        hooks.refused("event.unsigned", 401, partial(hooks.send, hooks.body(), headers=headers))
    hooks.refused("event.unsigned", 401, lambda: hooks.send(hooks.body(), headers={}))


@row("EV02")
def test_ev02_a_signature_that_does_not_fit(hooks: Hooks) -> None:
    right = hooks.sign(hooks.body())
    for signature in ("v1,AAAA", "v1,", "v1,\xe9", right["webhook-signature"][:-4], "v1," * 50):
        headers = right | {"webhook-signature": signature}
        hooks.refused("event.signature_invalid", 401, partial(hooks.send, hooks.body(), headers=headers))


@row("EV02")
def test_ev02_the_signature_of_another_body_id_or_time(hooks: Hooks) -> None:
    raw, right = hooks.body(), hooks.sign(hooks.body())
    hooks.refused("event.signature_invalid", 401, lambda: hooks.send(hooks.body("ben"), headers=right))
    for name, value in (("webhook-id", "msg_2"), ("webhook-timestamp", str(int(right["webhook-timestamp"]) - 1))):
        hooks.refused("event.signature_invalid", 401, partial(hooks.send, raw, headers=right | {name: value}))


@row("EV03")
def test_ev03_a_signature_over_the_json_written_anew(hooks: Hooks) -> None:
    raw = hooks.body()
    anew = json.dumps(json.loads(raw), separators=(",", ":"), sort_keys=True).encode()
    hooks.refused("event.signature_invalid", 401, lambda: hooks.send(raw, headers=hooks.sign(anew)))
    assert hooks.send(anew, headers=hooks.sign(anew)).status_code == 202


@row("EV04")
def test_ev04_signed_longer_ago_than_five_minutes(hooks: Hooks) -> None:
    raw = hooks.body()
    old = hooks.sign(raw, at=hooks.now - timedelta(seconds=301))
    hooks.refused("event.stale", 401, lambda: hooks.send(raw, headers=old))
    assert hooks.send(raw, headers=hooks.sign(raw, at=hooks.now - timedelta(seconds=300))).status_code == 202


@row("EV05")
def test_ev05_signed_ten_minutes_ahead(hooks: Hooks) -> None:
    raw = hooks.body()
    early = hooks.sign(raw, at=hooks.now + timedelta(minutes=10))
    hooks.refused("event.future", 401, lambda: hooks.send(raw, headers=early))


@row("EV06")
def test_ev06_the_last_secret_counts_until_it_is_withdrawn(hooks: Hooks) -> None:
    old, new = hooks.keys[REGISTRATION], new_secret()
    use_secrets(hooks, new, old)
    for number, secret in enumerate((old, new)):
        raw = hooks.body(at=hooks.now - timedelta(seconds=number))
        headers = hooks.sign(raw, f"msg_{number}", secret)
        assert hooks.send(raw, headers=headers).status_code == 202
    both = hooks.sign(hooks.module(), "msg_both", old)
    both["webhook-signature"] += " " + Webhook(new).sign("msg_both", hooks.now, hooks.module().decode())
    assert hooks.send(hooks.module(), headers=both).status_code == 202


@row("EV07")
def test_ev07_a_secret_that_was_withdrawn(hooks: Hooks) -> None:
    keys = ManageSourceKeys(hooks.site.course.house.transactions, hooks.site.course.clock, "default")
    made = keys.add(REGISTRATION, "webhook", {})
    secret = signing_secret(made.secret)
    hooks.site.secrets += [made.secret, secret]
    signed = hooks.sign(hooks.body(), "msg_made", secret)
    assert hooks.send(hooks.body(), headers=signed).status_code == 202
    (credential,) = keys.of_platform(REGISTRATION)
    assert credential.last_heard_at == hooks.now
    keys.retire(REGISTRATION, made.credential_id)
    hooks.refused("event.key_unknown", 401, lambda: hooks.send(hooks.body(), headers=signed))
    assert hooks.send(hooks.body(), "msg_other").status_code == 202, "the platform's own secret counts on"


@row("EV08")
def test_ev08_another_way_to_sign(hooks: Hooks) -> None:
    right = hooks.sign(hooks.body())
    bare = right["webhook-signature"].removeprefix("v1,")
    for signature in (f"v1a,{bare}", f"v2,{bare}", f"none,{bare}", bare, "none", f"v1a,{bare} v9,{bare}"):
        headers = right | {"webhook-signature": signature}
        hooks.refused("event.alg_forbidden", 401, partial(hooks.send, hooks.body(), headers=headers))
    beside = right | {"webhook-signature": f"v1a,{bare} v1,{bare}"}
    assert hooks.send(hooks.body(), headers=beside).status_code == 202, "a newer scheme may stand beside ours"


@row("EV09")
def test_ev09_another_platforms_secret(hooks: Hooks) -> None:
    """A secret bears no name: at another platform's address it is just a signature that does not fit."""
    hooks.refused("event.signature_invalid", 401, lambda: hooks.send(hooks.body(), signer=OTHER))
    hooks.refused("event.signature_invalid", 401, lambda: hooks.send(hooks.body(), to=OTHER, signer=REGISTRATION))


@row("EV10")
def test_ev10_no_secret_reaches_the_log(hooks: Hooks) -> None:
    secret = hooks.keys[REGISTRATION]
    lines = len(hooks.site.log)
    raw = hooks.body()
    answers = [
        hooks.send(raw, "msg_10", query_string={"secret": secret, "token": secret}),
        hooks.send(raw, "msg_10", headers={"Referer": f"https://lms.example.edu/?secret={secret}"}),
        hooks.send(b"{", "msg_11", query_string={"secret": secret}),
    ]
    assert [answer.status_code for answer in answers] == [202, 401, 400]
    assert secret not in repr(hooks.site.log[lines:])
    assert secret.removeprefix("whsec_") not in "".join(answer.text for answer in answers)


def test_one_id_of_two_platforms_is_two_events(hooks: Hooks) -> None:
    assert [hooks.send(hooks.body(), to=to).status_code for to in (REGISTRATION, OTHER)] == [202, 202]
    assert len(hooks.site.rows()["inbox_events"]) == 2


def test_an_address_that_is_nobodys(hooks: Hooks) -> None:
    hooks.refused("event.platform_unknown", 404, lambda: hooks.send(hooks.body(), to="nobody"))


def test_a_platform_that_waits_for_approval_learns_so_only_with_its_secret(hooks: Hooks) -> None:
    hooks.refused("event.platform_inactive", 403, lambda: hooks.send(hooks.body(), to=WAITING))
    hooks.refused("event.signature_invalid", 401, lambda: hooks.send(hooks.body(), to=WAITING, signer=OTHER))


def test_only_posts_are_heard(hooks: Hooks) -> None:
    assert hooks.site.app.test_client().get(f"/hooks/{REGISTRATION}").status_code == 405
