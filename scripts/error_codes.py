"""Finds the codes of errors and of findings in the sources: nobody has to keep a list of their families.

A family is known by the codes that stand where nothing but a code can stand: what an error is made of, what a parameter
or a field named `code` is given. Whatever else has the shape of a code and is of such a family is one too, but for the
names of log lines, of pages and of files, which have the same shape.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_SHAPE = re.compile(r"[a-z][a-z0-9_]*\.[a-z_]+")
_FILES = (".css", ".json", ".typ")
_LOGS = ("log", "_log", "logger")
# Types of events, of a family that has codes as well.
_EVENTS = frozenset({"course.graded", "course.completed"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def codes(sources: Iterable[Path]) -> set[str]:
    """Every code of these files."""
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_text(), str(path)))]
    certain = set(_certain(nodes))
    families = {_family(code) for code in certain}
    return certain | {
        text
        for text in set(_texts(nodes)) - set(_log_lines(nodes)) - _pages(nodes) - _EVENTS
        if _family(text) in families and not text.endswith(_FILES)
    }


def _certain(nodes: list[ast.AST]) -> Iterator[str]:
    """What stands where nothing but a code can stand."""
    takers = set(_takers(nodes))
    for node in nodes:
        if isinstance(node, ast.Call):
            given = [node] if _name(node.func) in takers else [one.value for one in node.keywords if one.arg == "code"]
            yield from _texts(part for one in given for part in ast.walk(one))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any("code" in _name(target).lower() for target in targets):
                yield from _texts(ast.walk(node.value))


def _takers(nodes: list[ast.AST]) -> Iterator[str]:
    """Names of functions with a parameter `code`, of classes with such a field, and of all errors of ours."""
    errors = {"BadgeToolError"}
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    while more := {one.name for one in classes if errors & {_name(base) for base in one.bases}} - errors:
        errors |= more
    yield from errors
    for node in nodes:
        if isinstance(node, Function):
            named = [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]
        elif isinstance(node, ast.ClassDef):
            named = [_name(part.target) for part in node.body if isinstance(part, ast.AnnAssign)]
        else:
            continue
        if "code" in named:
            yield node.name


def _log_lines(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _name(node.func.value) in _LOGS:
            yield from _texts(node.args[:1])


def _pages(nodes: list[ast.AST]) -> set[str]:
    """What Flask calls a page: its blueprint's name, and its function's."""
    made = (node for node in nodes if isinstance(node, ast.Call) and _name(node.func).endswith("Blueprint"))
    blueprints = {str(first.value) for node in made for first in node.args[:1] if isinstance(first, ast.Constant)}
    functions = {node.name for node in nodes if isinstance(node, Function)}
    return {f"{blueprint}.{function}" for blueprint in blueprints for function in functions}


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SHAPE.fullmatch(node.value):
            yield node.value


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _family(code: str) -> str:
    return code.partition(".")[0]
