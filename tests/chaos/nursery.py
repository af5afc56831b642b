"""A process that has everything imported and warm, and forks a copy of itself for each task.

Starting the tool from nothing takes two seconds; a forked copy takes milliseconds and is a process like any other:
it has its own memory and connections, and kill -9 ends it. Orders and answers are lines of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import plain_logs

Task = Callable[[dict[str, Any]], None]
STOPPED = 256


class Nursery:
    """The side of the one who orders. `module` has a function ``nursery_task(configuration)`` that gives the task."""

    def __init__(self, module: str, configuration: dict[str, Any], log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.nursery", module, json.dumps(configuration)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )
        self._answer()

    def run(self, **order: Any) -> int:
        """Has the task done by a process of its own; gives how it ended: 0, or minus the signal that killed it. One
        that freezes itself is left so: STOPPED."""
        return int(self._ask(order | {"wait": True})["ended"])

    def resume(self) -> int:
        """Wakes the one that froze itself last; gives how it ended."""
        return int(self._ask({"resume": True})["ended"])

    def start(self, **order: Any) -> int:
        """The same without waiting; gives the process's id, which is that of its own group as well."""
        return int(self._ask(order | {"wait": False})["pid"])

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the nursery ended:\n{self.log.read_text(errors='replace')[-4000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def main(module: str, configuration: str) -> None:
    # What the tool prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    plain_logs.arrange()
    task: Task = sys.modules[module].nursery_task(json.loads(configuration))
    # Else the first great collection of each copy would touch, and so copy, all the memory that is shared.
    gc.freeze()
    _say(answers, {"ready": True})
    frozen = 0
    for line in sys.stdin:
        order = json.loads(line)
        if order.get("resume"):
            os.kill(frozen, signal.SIGCONT)
            _say(answers, {"ended": _wait(frozen)})
            continue
        process = os.fork()
        if process == 0:
            _be_born(task, order)
        elif order["wait"]:
            ended = _wait(process)
            frozen = process if ended == STOPPED else frozen
            _say(answers, {"ended": ended})
        else:
            # Nobody waits for these: the kernel forgets them when they end.
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            _say(answers, {"pid": process})


def _wait(process: int) -> int:
    status = os.waitpid(process, os.WUNTRACED)[1]
    return STOPPED if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)


def _say(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _be_born(task: Task, order: dict[str, Any]) -> None:
    ended = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        task(order)
        ended = 0
    except SystemExit as leaving:
        ended = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(ended)


if __name__ == "__main__":
    __import__(sys.argv[1])
    main(*sys.argv[1:])
