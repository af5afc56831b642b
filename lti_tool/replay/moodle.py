"""Plays a recorded Moodle: its signed launches, its roster and its grades, through the house that everyone uses."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.workers import Workers
from lti_tool.domain.achievement import AwardFrom
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.images import BadgeDesign, draw
from lti_tool.keystore import KeyStore
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.recorded_login import adopt_login
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from lti_tool.replay.outcome import CourseOutcome, LearnerOutcome, PlayedLaunch, ReplayOutcome
from lti_tool.replay.platform import answering, recorded_registration, services, tool_address
from lti_tool.replay.recordings import RecordedLaunch, Recordings
from lti_tool.replay.stand_ins import ReplayClock
from lti_tool.settings import Settings
from lti_tool.sources.moodle.grade_report import latest_dates
from lti_tool.usecases.dry_run import DryRun
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.receive_launch import ReceiveLaunch

GRADES = "ws_gradereport_user_get_grade_items_allusers"
# Any course has a total, so this rule can be asked of any recording.
DEFAULT_RULE: dict[str, Any] = {"type": "course_grade", "minimum": 60, "unit": "percent"}


def replay_moodle(directory: Path, criteria: Any = DEFAULT_RULE) -> ReplayOutcome:
    """Plays `directory` in a house of its own, which is thrown away afterwards.

    `criteria` is a rule as JSON (domain.criteria). Raises what the tool refuses with: `launch.*`, `criteria.*`,
    and `replay.*` for a folder that holds no such recordings. No socket is opened.
    """
    recordings = Recordings(directory)
    launches = recordings.launches()
    clock = ReplayClock(launches[0].at)
    with TemporaryDirectory(prefix="lti-badges-replay-") as folder:
        house, registration = _house(recordings, clock, Path(folder))
        with closing(_Disposing(house)):
            played = _play_launches(house, registration, launches, clock)
            # The grades were read after the launches; nothing of what they tell is still to come.
            newest = max(latest_dates(recordings.body(GRADES)).values(), default=0)
            clock.at = max(clock.at, clock.at.fromtimestamp(newest, clock.at.tzinfo)) + timedelta(seconds=1)
            Workers(house).work_until_idle()
            with house.transactions(write=False) as unit:
                courses = unit.courses.of_registration(registration.id)
            return ReplayOutcome(tuple(played), tuple(_award(house, course, criteria) for course in courses))


class _Disposing:
    """Closes the database's connections, so that the folder can go."""

    def __init__(self, house: House) -> None:
        self._engine = house.engine

    def close(self) -> None:
        self._engine.dispose()


def _house(recordings: Recordings, clock: ReplayClock, folder: Path) -> tuple[House, Registration]:
    settings = Settings(
        base_url=tool_address(recordings), database_url="", data_dir=folder / "data", keys_dir=folder / "keys"
    )
    registration, deployment_id = recorded_registration(recordings, settings.tenant, clock.now())
    http = answering(recordings, registration)
    keys = KeyStore(settings.keys_dir, clock, settings.key_secret)
    house = assemble(settings, clock, http, services(http, keys, clock))
    house.prepare()
    with house.transactions() as unit:
        unit.registrations.save(registration)
        unit.registrations.save_deployment(registration.id, deployment_id, "active")
        unit.commit()
    return house, registration


def _play_launches(
    house: House, registration: Registration, launches: list[RecordedLaunch], clock: ReplayClock
) -> list[PlayedLaunch]:
    states = LoginStates(secrets.token_bytes(32))
    tool = LtiTool(
        transactions=house.transactions,
        clock=clock,
        http=house.http,
        keys=house.key_store,
        settings=LtiSettings(house.settings.base_url),
        states=states,
    )
    receive = ReceiveLaunch(house.transactions, clock, house.secret.page_token, tool.use_up)
    played = []
    for recorded in launches:
        clock.at = recorded.at
        played.append(_play_launch(house, registration, recorded, tool, states, receive))
    return played


def _play_launch(
    house: House,
    registration: Registration,
    recorded: RecordedLaunch,
    tool: LtiTool,
    states: LoginStates,
    receive: ReceiveLaunch,
) -> PlayedLaunch:
    """Every check of a launch in life: signature, times, nonce, audience, deployment."""
    browser = secrets.token_urlsafe(32)
    state = adopt_login(
        states,
        house.clock,
        registration,
        nonce=recorded.nonce,
        target_link_uri=recorded.target_link_uri,
        browser_secret=browser,
    )
    launch = tool.check_launch(registration.id, {"state": state, "id_token": recorded.id_token}, browser, None)
    receive(launch, browser)
    return PlayedLaunch(recorded.name, launch.subject, launch.course_role.value)


def _award(house: House, course: Course, criteria: Any) -> CourseOutcome:
    edit = EditAchievement(house.transactions, house.clock)
    form = AchievementForm("Recorded badge", "Earned by recorded work.", criteria, _image(), "")
    draft = edit.create(course.id, form)
    edit.publish(course.id, draft.id, AwardFrom.NOW)
    Workers(house).work_until_idle()
    weighed = DryRun(house.transactions)(course.id, criteria, draft.id)
    held = _held(house, course, draft.id)
    learners = [
        LearnerOutcome(
            forecast.person.subject,
            forecast.person.name,
            forecast.reason.outcome.value,
            *held.get(forecast.person.id, ("", None)),
        )
        for forecast in weighed.forecasts
    ]
    learners.sort(key=lambda learner: learner.subject)
    return CourseOutcome(course.title, weighed.sentence, tuple(learners), weighed.reading.read_error)


def _held(house: House, course: Course, achievement_id: str) -> dict[str, tuple[str, bool]]:
    """(state, whether it verifies) of each award, by person."""
    with house.transactions(write=False) as unit:
        awards = [award for award in unit.awards.of_course(course.id) if award.achievement_id == achievement_id]
        documents = {award.id: unit.credentials.get(award.id) for award in awards}
    return {
        award.person_id: (
            award.state.value,
            bool((signed := documents[award.id]) and signed.document and house.verifier.verify(signed.document).valid),
        )
        for award in awards
    }


def _image() -> bytes:
    return draw(BadgeDesign("teal", "shield", "star"))


def main(directory: Path, criteria: Path | None, *, as_json: bool) -> int:
    """For the command line: prints what came of it; 0 when everything held."""
    try:
        rule = DEFAULT_RULE if criteria is None else json.loads(criteria.read_text())
        outcome = replay_moodle(directory, rule)
    except json.JSONDecodeError:
        click.echo(f"{criteria} is not JSON.", err=True)
        return 2
    except BadgeToolError as error:
        click.echo(f"{error.code}: {error.message} {error.hint}".strip(), err=True)
        return 1
    click.echo(json.dumps(outcome.to_json(), indent=2) if as_json else "\n".join(outcome.lines()))
    return 0 if outcome.ok else 1
