"""Takes each single check of the launch path away, or turns it round, and sees whether a test turns red.

``make mutants`` runs it (``ONLY=signature`` for one kind). The package is copied and changed in the copy; the launch
tests of tests/certification run there. Ends with 1 where a changed check was noticed by no test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from scripts.launch_checks import CHECKS, FIRST, Check

ROOT = Path(__file__).parents[1]
# By the kinds whose checks they try first: a run ends with the first red test.
TESTS = {
    "tests/certification/test_state_refusals.py": ("state", "browser"),
    "tests/certification/test_standard_claims.py": ("audience", "nonce", "issuer", "azp", "times"),
    "tests/certification/test_lti_claims.py": ("deployment", "target", "message"),
    "tests/certification/test_token_refusals.py": ("signature", "form", "algorithm", "kid", "header"),
    "tests/certification/test_login_refusals.py": ("login",),
    "tests/certification/test_key_refusals.py": ("key",),
    "tests/certification/test_valid_launches.py": (),
    "tests/certification/test_other_claims.py": (),
}
TIMEOUT_S = 600
RED, GREEN = 1, 0


@dataclass(frozen=True, slots=True)
class Mutant:
    """A check, and the line that takes its place."""

    check: Check
    how: str
    line: str


def mutants_of(check: Check) -> list[Mutant]:
    """``if`` never and turned round; a statement left out."""
    if not check.line.startswith("if "):
        return [Mutant(check, "left out", "pass")]
    condition = check.line[3 : check.line.rindex(":", 0, _end_of_code(check.line))]
    turned = Mutant(check, "turned round", f"if not ({condition}):")
    return [turned] if check.never_is_harmless else [Mutant(check, "never", "if False:"), turned]


def _end_of_code(line: str) -> int:
    return line.find("  #") if "  #" in line else len(line)


def mutated(source: str, mutant: Mutant) -> str:
    """The source with the mutant in place; raises ValueError where its line is not there exactly once."""
    lines = source.split("\n")
    found = [number for number, line in enumerate(lines) if line.strip() == mutant.check.line]
    if len(found) != 1:
        raise ValueError(f"{mutant.check.path}: found {len(found)} times: {mutant.check.line}")
    before = lines[found[0]]
    lines[found[0]] = before[: len(before) - len(before.lstrip())] + mutant.line
    return "\n".join(lines)


@contextmanager
def _copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """So many copies of what the tests need, each for one run at a time."""
    free: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="lti-badges-mutants-") as folder:
        for number in range(count):
            copy = Path(folder) / str(number)
            for name in ("lti_tool", "tests"):
                ignored = shutil.ignore_patterns("__pycache__", "peers", "recordings")
                shutil.copytree(ROOT / name, copy / name, ignore=ignored)
            shutil.copy(ROOT / "pyproject.toml", copy)
            free.put(copy)
        yield free


def _outcome(copy: Path, kind: str = "") -> int:
    """What pytest ends with in a copy: 0 all passed, 1 some test is red, more for a run that did not come about."""
    tests = sorted(TESTS, key=lambda path: kind not in TESTS[path])
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not ten_thousand"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False, text=True
    )
    if done.returncode not in (RED, GREEN):
        print(done.stdout[-3000:] + done.stderr[-3000:], file=sys.stderr)
    return done.returncode


def _try(mutant: Mutant, free: SimpleQueue[Path]) -> int:
    copy = free.get()
    path = copy / "lti_tool" / mutant.check.path
    original = path.read_text()
    try:
        path.write_text(mutated(original, mutant))
        outcome = _outcome(copy, mutant.check.kind)
    finally:
        path.write_text(original)
        free.put(copy)
    said = {RED: "noticed", GREEN: "NOT NOTICED"}.get(outcome, "DID NOT RUN")
    print(f"{said:12} {mutant.check.kind:11} {mutant.how:13} {mutant.check.line[:90]}", flush=True)
    return outcome


def main(kinds: Sequence[str]) -> int:
    """Tries the mutants of some kinds, or all; 0 where every one was noticed."""
    unknown = set(kinds) - {check.kind for check in CHECKS}
    if unknown:
        print(f"There is no check of {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    chosen = [mutant for check in CHECKS if not kinds or check.kind in kinds for mutant in mutants_of(check)]
    workers = max(1, os.cpu_count() or 1)
    began = time.monotonic()
    with _copies(workers) as free, ThreadPoolExecutor(workers) as pool:
        copy = free.get()
        if _outcome(copy) != GREEN:
            print("The tests are red before anything was changed.", file=sys.stderr)
            return 2
        free.put(copy)
        outcomes = list(pool.map(lambda mutant: _try(mutant, free), chosen))
    for kind in dict.fromkeys((*FIRST, *(mutant.check.kind for mutant in chosen))):
        own = [outcome for mutant, outcome in zip(chosen, outcomes, strict=True) if mutant.check.kind == kind]
        if own:
            print(f"{kind:11} {own.count(RED)} of {len(own)} noticed, {100 * own.count(RED) // len(own)} %")
    print(f"{outcomes.count(RED)} of {len(chosen)} mutants noticed in {time.monotonic() - began:.0f} s")
    return 0 if outcomes.count(RED) == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
