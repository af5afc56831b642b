"""A practice LMS with a fake tool beside it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.forms.plain import Form
from lti_tool.sandbox.practice import EXTENSION
from lti_tool.sandbox.secrets_store import PlatformKey
from tests.functional.sandbox.browser_pages import Site
from tests.functional.sandbox.browser_tool import BrowserTool
from tests.functional.sandbox.fake_tool import FakeTool, running_tool
from tests.functional.sandbox.practice_lms import Lms


@pytest.fixture(scope="module")
def tool_server() -> Iterator[FakeTool]:
    with running_tool() as tool:
        yield tool


@pytest.fixture(scope="session")
def platform_key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A platform key made once: making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("key") / "platform-key.pem"
    PlatformKey.keep(path)
    return path


@pytest.fixture
def lms(tmp_path: Path, tool_server: FakeTool, platform_key_file: Path) -> Iterator[Lms]:
    """A fresh practice LMS whose tool is not registered yet."""
    while not tool_server.hooks.empty():
        tool_server.hooks.get_nowait()
    tool_server.hook_statuses.clear()
    (tmp_path / "data").mkdir()
    shutil.copy(platform_key_file, tmp_path / "data")
    lms = Lms(tmp_path / "data", tool_server)
    yield lms
    lms.practice.database.close()


@pytest.fixture
def like(lms: Lms, tmp_path: Path) -> Iterator[Callable[[Form], Lms]]:
    """Makes another practice LMS over a folder of its own, like the given one."""
    made: list[Lms] = []

    def make(form: Form, **options: bool) -> Lms:
        folder = tmp_path / f"{form.key}-{len(made)}"
        folder.mkdir()
        shutil.copy(tmp_path / "data" / "platform-key.pem", folder)
        made.append(Lms(folder, lms.tool, form, **options))
        return made[-1]

    yield make
    for each in made:
        each.practice.database.close()


@pytest.fixture
def connected(lms: Lms) -> Lms:
    """A practice LMS with the tool active in it."""
    lms.add_tool()
    return lms


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A practice LMS that a browser can open, with a tool that has pages."""
    with running_tool() as tool:
        tool.url = tool.url.replace("127.0.0.1", "localhost")
        server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        url = f"http://127.0.0.1:{server.server_port}"
        server.app = create_sandbox(tmp_path, url)
        BrowserTool(tool, url)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(url, tool)
        server.shutdown()
        server.server_close()
        thread.join()
        practice = server.app.extensions[EXTENSION]
        practice.sender.stop()
        practice.database.close()
