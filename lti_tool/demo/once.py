"""lti-badges demo --once: plays the story step by step, and says how each step went."""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from lti_tool.demo.keep import keep_everything
from lti_tool.demo.servers import DemoPlace, account_port_for, free_ports
from lti_tool.demo.story import Story

_LONGEST_DETAIL = 1200
Step = tuple[str, Callable[[], str]]


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went. `detail`: what was seen; for a step that does not hold, what is wrong."""

    name: str
    ok: bool
    ms: int
    detail: str


@dataclass
class Outcome:
    """The whole story. `credentials` are paths of kept files, `awards` how many badges were awarded."""

    steps: list[StepResult] = field(default_factory=list)
    seconds: float = 0.0
    awards: int = 0
    credentials: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    @property
    def failed(self) -> bool:
        return any(not step.ok for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "steps": [asdict(step) for step in self.steps],
            "awards": self.awards,
            "credentials": self.credentials,
        }


def play_once(*, as_json: bool, out: Path | None, like: str = "plain") -> int:
    """Plays the story against fresh servers on free ports. Returns the exit code: 0 only if every step held.

    `like`: what the practice LMS behaves like. `out` gets every issued credential and what it takes to check them
    offline.
    """
    folder = Path(tempfile.mkdtemp(prefix="lti-badges-demo-"))
    port, lms_port = free_ports(2)
    place = DemoPlace(folder / "data", folder / "keys", port, lms_port, like, account_port_for(like))
    outcome = Outcome()
    try:
        _play(Story(place, folder / "logs"), out, outcome, _say_nothing if as_json else _say)
    finally:
        # Nothing stays of the temporary keys and data; of a story that did not hold, its logs.
        has_logs = outcome.failed and (folder / "logs").exists()
        for leftover in (place.data, place.keys) if has_logs else (folder,):
            shutil.rmtree(leftover, ignore_errors=True)
    if has_logs:
        click.echo(f"The servers' logs are in {folder / 'logs'}.", err=True)
    click.echo(json.dumps(outcome.to_json(), indent=2) if as_json else _last_line(outcome, out))
    return 0 if outcome.ok else 1


def _play(story: Story, out: Path | None, outcome: Outcome, say: Callable[..., None]) -> None:
    began = time.perf_counter()
    with _ended_by_a_signal(), story:
        steps = [*story.steps()]
        if out is not None:
            steps.append(("keep", lambda: _keep(story, out, outcome)))
        run_steps(steps, outcome, say)
        outcome.awards = story.award_count
    outcome.seconds = time.perf_counter() - began


def run_steps(steps: Sequence[Step], outcome: Outcome, say: Callable[..., None]) -> None:
    """Runs the steps in order, up to the first that does not hold."""
    for name, step in steps:
        say(f"  {name:<32}", nl=False)
        began = time.perf_counter()
        try:
            detail, held = step(), True
        except Exception as error:  # whatever stops a step is how that step went
            detail, held = _what_went_wrong(error), False
        ms = round((time.perf_counter() - began) * 1000)
        outcome.steps.append(StepResult(name, held, ms, detail))
        say(f"{'ok' if held else 'FAILED':<6} {ms:>6} ms  {detail}")
        if not held:
            return


def _keep(story: Story, out: Path, outcome: Outcome) -> str:
    paths = keep_everything(out, story.kept_badges(), story.stranger)
    outcome.credentials = [str(path) for path in paths]
    return f"{len(paths)} files in {out}"


def _what_went_wrong(error: Exception) -> str:
    """In one line. Of a long one (a log) the beginning and, rather, the end."""
    text = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL // 4]} … {text[-_LONGEST_DETAIL // 2 :]}"


def _last_line(outcome: Outcome, out: Path | None) -> str:
    if not outcome.ok:
        return f"The story stopped at “{outcome.steps[-1].name}”." if outcome.steps else "The story did not begin."
    kept = f" Everything issued is in {out}; README.txt there says how to check it." if out else ""
    return f"The whole story held: {outcome.awards} badges in {outcome.seconds:.1f} s.{kept}"


def _say(text: str, *, nl: bool = True) -> None:
    click.echo(text, nl=nl)


def _say_nothing(text: str, *, nl: bool = True) -> None:
    """With --json nothing but the JSON is printed."""


@contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """SIGTERM ends the story as Ctrl-C does, so that the servers are stopped as well."""

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
