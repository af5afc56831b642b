"""LT: what makes a signed token an LTI message, and what of its claims is believed. LT25: test_roster_refusals.py."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from lti_tool.domain.launch import Launch
from lti_tool.lti import claims as c
from tests.certification.refusing import LAUNCH, PATHS, refuse_token
from tests.certification.rows import ROWS
from tests.factories.whole_site import INSTRUCTOR, WholeSite
from tests.fakes.lti_platform import BASE_URL, DEPLOYMENT, GONE, ISSUER, REGISTRATION_ID, registration
from tests.fakes.lti_stage import Stage

row = pytest.mark.row
MEMBERS = "context_memberships_url"
LAUNCH_CLAIMS = (c.MESSAGE_TYPE, c.VERSION, c.DEPLOYMENT_ID, c.ROLES, c.TARGET_LINK_URI)


def service(**urls: str) -> dict[str, Any]:
    return {c.AGS_ENDPOINT: {"scope": [], **urls}}


# With a deployment that is wrong, a message without a browser is refused as well.
OF_EVERY_MESSAGE: list[tuple[str, dict[str, Any], int]] = [
    ("LT07", {c.DEPLOYMENT_ID: GONE}, 400),
    ("LT07-empty", {c.DEPLOYMENT_ID: ""}, 400),
    ("LT10-list", {c.DEPLOYMENT_ID: [DEPLOYMENT]}, 400),
    ("LT10-long", {c.DEPLOYMENT_ID: "d" * 256}, 400),
    ("LT10-number", {c.DEPLOYMENT_ID: 1}, 400),
    ("LT10-control", {c.DEPLOYMENT_ID: "d\n"}, 400),
]
OF_A_LAUNCH: list[tuple[str, dict[str, Any], int]] = [
    ("LT01", {c.MESSAGE_TYPE: GONE}, 400),
    ("LT02", {c.MESSAGE_TYPE: "LtiContextLaunchRequest"}, 400),
    ("LT02-list", {c.MESSAGE_TYPE: ["LtiResourceLinkRequest"]}, 400),
    ("LT03", {c.VERSION: GONE}, 400),
    ("LT04", {c.VERSION: "LTI-1p0"}, 400),
    ("LT04-number", {c.VERSION: 1.3}, 400),
    ("LT05", dict.fromkeys(LAUNCH_CLAIMS, GONE), 400),
    ("LT06", {c.VERSION: GONE, c.ROLES: GONE}, 400),
    ("LT11", {c.ROLES: GONE}, 400),
    ("LT12-text", {c.ROLES: INSTRUCTOR}, 400),
    ("LT12-null", {c.ROLES: [None]}, 400),
    ("LT13", {c.RESOURCE_LINK: GONE}, 400),
    ("LT13-id", {c.RESOURCE_LINK: {"title": "x"}}, 400),
    ("LT14-text", {c.RESOURCE_LINK: "link-1"}, 400),
    ("LT14-number", {c.RESOURCE_LINK: {"id": 7}}, 400),
    ("LT14-long", {c.RESOURCE_LINK: {"id": "l" * 256}}, 400),
    ("LT15", {c.TARGET_LINK_URI: GONE}, 400),
    ("LT16", {c.TARGET_LINK_URI: f"{BASE_URL}/other"}, 400),
    ("LT17", {c.TARGET_LINK_URI: "https://evil.example/"}, 400),
    ("LT17-prefix", {c.TARGET_LINK_URI: f"{BASE_URL}.evil.example/"}, 400),
    ("LT20-script", {c.LAUNCH_PRESENTATION: {"return_url": "javascript:alert(1)"}}, 400),
    ("LT20-data", {c.LAUNCH_PRESENTATION: {"return_url": "data:text/html,x"}}, 400),
    ("LT20-user", {c.LAUNCH_PRESENTATION: {"return_url": "https://a@evil.example/"}}, 400),
    ("LT22", {c.LAUNCH_PRESENTATION: {"locale": "../../x"}}, 400),
    ("LT22-markup", {c.LAUNCH_PRESENTATION: {"locale": 'en"><script>'}}, 400),
    ("LT23-host", service(lineitems="https://evil.example/lineitems"), 403),
    ("LT23-plain", service(lineitems="http://lms.example/lineitems"), 403),
    ("LT23-private", service(lineitem="https://169.254.169.254/lineitem"), 403),
    ("LT23-loopback", service(lineitem="https://127.0.0.1/lineitem"), 403),
    ("LT24-host", {c.NRPS_SERVICE: {MEMBERS: "https://evil.example/"}}, 403),
    ("LT24-plain", {c.NRPS_SERVICE: {MEMBERS: "http://lms.example/members"}}, 403),
    ("LT24-private", {c.NRPS_SERVICE: {MEMBERS: "https://10.0.0.1/members"}}, 403),
    ("LT24-groups", {c.GROUPS_SERVICE: {"context_groups_url": "https://evil.example/groups"}}, 403),
    ("LT26", {c.CONTEXT: {"id": "c", "title": "t" * 2**20}}, 400),
    ("LT26-name", {"name": "n" * 2**20}, 400),
]


def _with(changes: dict[str, Any]) -> Any:
    def make(stage: Stage, good: dict[str, Any]) -> str:
        return stage.platform.sign({name: value for name, value in {**good, **changes}.items() if value is not GONE})

    return make


@pytest.mark.parametrize(
    ("case", "changes", "status"),
    [pytest.param(*case, id=case[0], marks=row(case[0][:4])) for case in (*OF_EVERY_MESSAGE, *OF_A_LAUNCH)],
)
def test_launch_is_refused(stage: Stage, case: str, changes: dict[str, Any], status: int) -> None:
    refuse_token(stage, LAUNCH, case[:4], status, _with(changes))


@pytest.mark.parametrize(
    ("case", "changes", "status"),
    [
        pytest.param(*case, id=case[0], marks=row(case[0][:4]))
        for case in (*OF_EVERY_MESSAGE, ("LT08", {c.DEPLOYMENT_ID: "elsewhere"}, 403))
    ],
)
def test_message_without_a_browser_is_refused(stage: Stage, case: str, changes: dict[str, Any], status: int) -> None:
    refuse_token(stage, PATHS[1], case[:4], status, _with(changes))


@row("LT08")
def test_unknown_deployment_is_written_down_once_it_is_proved(stage: Stage) -> None:
    """The one refusal that writes something, and only what the platform has signed: an administrator accepts it."""
    states = stage.transactions.registrations.states
    login = stage.login()
    forged = stage.platform.sign({**stage.platform.claims(login.nonce), c.DEPLOYMENT_ID: "forged"})
    stage.refused(stage.post(login.state, forged[:-4] + "AAAA"), "jwt.signature_invalid", 401)
    assert (REGISTRATION_ID, "forged") not in states
    for _ in range(2):
        stage.refused(stage.launch(**{c.DEPLOYMENT_ID: "new"}), ROWS["LT08"], 403)
        assert states == {(REGISTRATION_ID, DEPLOYMENT): "active", (REGISTRATION_ID, "new"): "pending"}
    stage.transactions.registrations.save_deployment(REGISTRATION_ID, "new", "active")
    stage.accepted(stage.launch(**{c.DEPLOYMENT_ID: "new"}))


@row("LT08")
def test_a_deployment_that_another_process_has_just_accepted_is_let_in(stage: Stage) -> None:
    """This process remembers for a moment that it was not: it asks again before it refuses anybody."""
    stage.accepted(stage.launch())
    # Beneath what counts the changes of this process.
    stage.transactions.registrations.states[REGISTRATION_ID, "elsewhere"] = "active"
    assert stage.accepted(stage.launch(**{c.DEPLOYMENT_ID: "elsewhere"})).deployment_id == "elsewhere"


@row("LT09")
@pytest.mark.parametrize("path", PATHS)
def test_deployment_of_another_client(stage: Stage, path: str) -> None:
    held = stage.transactions.registrations
    held.save(registration(id="reg-2", tenant_id="tenant-2", client_id="client-2"))
    held.save_deployment("reg-2", "theirs", "active")
    refuse_token(stage, path, "LT09", 403, _with({c.DEPLOYMENT_ID: "theirs"}))


def test_another_issuer_may_number_its_deployments_alike(stage: Stage) -> None:
    """The control of LT09: every Moodle has a deployment "1"."""
    held = stage.transactions.registrations
    held.save(registration(id="reg-2", issuer="https://other.example"))
    held.save_deployment("reg-2", DEPLOYMENT, "active")
    stage.accepted(stage.launch())


def _left_out(stage: Stage, case: str, **changes: Any) -> Launch:
    """The launch, after making sure that the log says what of it was not believed, and no value."""
    with capture_logs() as logs:
        launch = stage.accepted(stage.launch(**changes))
    (line,) = [line for line in logs if line["event"] == "launch.accepted"]
    assert line["left_out"] == [ROWS[case]]
    assert len(line["correlation_id"]) == 16
    assert "secret" not in repr(logs)
    return launch


@row("LT18")
def test_parameter_that_was_not_filled_in_is_no_id(stage: Stage) -> None:
    custom = {"user_id": "$Canvas.user.secret.id", "moodle_user_id": "$User.id", "badge": "42", "odd": None}
    launch = _left_out(stage, "LT18", **{c.CUSTOM: custom})
    assert launch.custom == {"badge": "42"}
    assert not any("$" in repr(alias) for alias in launch.aliases)


@row("LT19")
def test_migration_claim_is_not_believed(stage: Stage) -> None:
    plain = stage.accepted(stage.launch())
    claim = {"user_id": "admin-secret", "oauth_consumer_key": "k", "oauth_consumer_key_sign": "bm90IHNpZ25lZA=="}
    launch = _left_out(stage, "LT19", **{c.MIGRATION: claim})
    assert (launch.subject, launch.aliases, launch.custom) == (plain.subject, plain.aliases, plain.custom)
    assert "admin-secret" not in repr(launch)


@row("LT20")
@pytest.mark.parametrize("address", ["https://secret.evil.example/", "http://lms.example/back"])
def test_return_address_on_a_foreign_host_is_left_out(stage: Stage, address: str) -> None:
    launch = _left_out(stage, "LT20", **{c.LAUNCH_PRESENTATION: {"return_url": address}})
    assert launch.return_url == ""
    assert launch.session_data()["return_url"] == ""


@row("LT21")
def test_markup_in_texts_is_text(site: WholeSite) -> None:
    markup = '<img src=x onerror="alert(1)"></title><script>alert(2)</script>'
    ines = site.launch(
        "ines",
        INSTRUCTOR,
        name=markup,
        **{
            c.CONTEXT: {"id": "course-1", "title": markup, "label": markup},
            c.RESOURCE_LINK: {"id": "link-1", "title": markup},
        },
    )
    learner = site.launch("ana", name=markup)
    pages = [ines.first, ines.get("/badges"), ines.get(f"/badges/{site.lab.id}"), learner.first, learner.get("/my")]
    assert "&lt;img src=x" in "".join(page.text for page in pages)
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text


def test_control_of_addresses(stage: Stage) -> None:
    presentation = {"return_url": f"{ISSUER}/back", "locale": "de_CH"}
    launch = stage.accepted(stage.launch(**{c.LAUNCH_PRESENTATION: presentation}))
    assert (launch.return_url, launch.locale, launch.left_out) == (f"{ISSUER}/back", "de-CH", ())
