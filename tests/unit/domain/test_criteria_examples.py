"""The examples that the project ships can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lti_tool.domain.criteria import parse, to_json

EXAMPLES = sorted((Path(__file__).parents[3] / "config" / "criteria").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_rule(path):
    value = json.loads(path.read_text())
    assert parse(to_json(parse(value))) == parse(value)


def test_there_are_examples():
    assert len(EXAMPLES) >= 2
