"""Servers of the demo with the platform already connected, for tests that look at pages and not at the way there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from lti_tool.demo.chapters import setting_up
from lti_tool.demo.scene import Scene
from lti_tool.demo.servers import DemoPlace, DemoServers, account_port_for, free_ports


@contextmanager
def connected(folder: Path) -> Iterator[Scene]:
    """Both servers over a fresh folder, the practice LMS registered and approved, and nothing else done yet."""
    with started(folder, "plain") as scene:
        play(scene, setting_up)
        yield scene


@contextmanager
def started(folder: Path, like: str) -> Iterator[Scene]:
    """Both servers over a fresh folder, with the practice LMS in that form, and nothing done yet."""
    port, lms_port = free_ports(2)
    place = DemoPlace(folder / "data", folder / "keys", port, lms_port, like, account_port_for(like))
    servers = DemoServers(place, folder / "logs")
    scene = Scene(place, servers)
    try:
        yield scene
    finally:
        servers.stop()


def play(scene: Scene, *chapters: ModuleType) -> None:
    """Lets the demo's people do these chapters over HTTP, as fast as the servers answer."""
    for chapter in chapters:
        for _, step in chapter.STEPS:
            step(scene)
