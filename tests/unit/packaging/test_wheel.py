"""A wheel carries every file of the package: a template that only lies in the source tree breaks an installed tool."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[3]


def source_files() -> set[str]:
    """The package's files, without what running it leaves behind."""
    files = (path.relative_to(ROOT) for path in (ROOT / "lti_tool").rglob("*") if path.is_file())
    return {path.as_posix() for path in files if "__pycache__" not in path.parts and path.name[0] != "."}


def test_the_wheel_holds_the_whole_package(tmp_path: Path) -> None:
    expected = source_files()
    source = tmp_path / "source"
    for name in {*expected, "pyproject.toml", "README.md", "LICENSE"}:
        copy = source / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "-qq", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "-w", str(tmp_path), str(source)], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("lti_tool/")}
    assert expected - packed == set()
    assert len(packed) > 50
