"""Which room may import which library. The directions between rooms are import-linter's part (pyproject.toml)."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "lti_tool"

# Library -> the rooms that may import it, everywhere else it is refused.
ROOMS_OF = {
    "pylti1p3": {"lti"},
    # lti: PyLTI1p3's own Flask adapters are subclassed there. sandbox: the practice LMS is a program of its own.
    "flask": {"web", "sandbox", "lti"},
    "flask_bootstrap": {"web", "sandbox"},
    "limits": {"web"},
    "celery": {"jobs"},
    "sqlalchemy": {"db"},
    "alembic": {"db"},
    # http is the tool's one door out; lti hands its guarded session to PyLTI1p3. sandbox and demo are not the tool:
    # one is another program, the other plays the people's browsers.
    "requests": {"http", "lti", "sandbox", "demo"},
    "urllib3": {"http"},
    "pyoxigraph": {"credentials"},
    "pyld": {"credentials"},
    "PIL": {"images", "credentials"},
    "resvg_py": {"images"},
    "pkcs11": {"keystore"},
}

SOURCES = sorted(path for path in PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports_of(path: Path) -> list[tuple[int, str]]:
    """Line and dotted name of every import, also of those inside functions."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            found += ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, "." * node.level + (node.module or "")))
    return found


@pytest.mark.parametrize("library", sorted(ROOMS_OF))
def test_a_library_stays_in_its_rooms(library: str) -> None:
    strays = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in SOURCES
        if room_of(path) not in ROOMS_OF[library]
        for line, name in imports_of(path)
        if name.partition(".")[0] == library
    ]
    assert strays == []


@pytest.mark.parametrize(
    ("room", "may_import"),
    [("domain", ("lti_tool.domain",)), ("usecases", ("lti_tool.domain", "lti_tool.usecases"))],
)
def test_the_inner_rooms_use_the_standard_library_only(room: str, may_import: tuple[str, ...]) -> None:
    strays = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in SOURCES
        if room_of(path) == room
        for line, name in imports_of(path)
        if not name.startswith(may_import) and name.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert strays == []


def test_only_the_command_line_and_the_demo_start_the_practice_lms() -> None:
    importers = {
        room_of(path) for path in SOURCES for _, name in imports_of(path) if name.startswith("lti_tool.sandbox")
    }
    assert importers <= {"sandbox", "cli", "demo"}


def test_a_small_installation_does_not_pay_for_celery(tmp_path: Path) -> None:
    """Nor a worker for the web site, nor anybody for what signs, draws and migrates before there is need of it."""
    program = (
        "import sys, lti_tool.cli.main, lti_tool.cli.worker\n"
        "from lti_tool.bootstrap import assemble\n"
        "from lti_tool.settings import Settings\n"
        f"assemble(Settings(database_url='sqlite://', keys_dir={str(tmp_path)!r}))\n"
        "heavy = {'celery', 'kombu', 'redis', 'limits', 'lti_tool.web', 'lti_tool.sandbox'}\n"
        "heavy |= {'pyoxigraph', 'jsonschema_rs', 'PIL', 'resvg_py', 'alembic', 'mako'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
