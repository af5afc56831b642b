"""The whole story, in order. It starts its own servers and stops them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType

from lti_tool.demo.chapters import bad_input, changing, earning, setting_up, taking_along, teaching
from lti_tool.demo.keep import KeptBadge
from lti_tool.demo.scene import Scene
from lti_tool.demo.servers import DemoPlace, DemoServers
from lti_tool.demo.verifier import Stranger

CHAPTERS = (setting_up, teaching, earning, taking_along, changing, bad_input)


@dataclass
class Story:
    """A context manager: when it is left, its servers have ended."""

    place: DemoPlace
    log_dir: Path
    scene: Scene = field(init=False)

    def __post_init__(self) -> None:
        self.scene = Scene(self.place, DemoServers(self.place, self.log_dir))

    def __enter__(self) -> Story:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.scene.servers.stop()

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Each step's name and what it does; it gives a sentence of what was seen, or raises."""
        for chapter in CHAPTERS:
            for name, step in chapter.STEPS:
                yield name, partial(step, self.scene)

    @property
    def award_count(self) -> int:
        """How many badges were awarded by themselves."""
        return len(self.scene.held)

    @property
    def stranger(self) -> Stranger:
        return self.scene.stranger

    def kept_badges(self) -> list[KeptBadge]:
        return self.scene.kept_badges()
