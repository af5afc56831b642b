"""Every form that is written here against every reader that installs, and the page that says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.interop.matrix.readers import PYTHON, read_all, versions
from tests.interop.matrix.specimens import GOOD, TAMPERED, specimens
from tests.interop.matrix.table import ACCEPTS, page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "interoperability.md"
_TOLD = {"revoked": "says revoked", "suspended": "says suspended", "expired": "says expired"}


@pytest.mark.peer("node")
def test_every_reader_says_what_the_page_says() -> None:
    found = specimens()
    said = read_all(found)
    for place, one in enumerate(found):
        ours = said["ours"][place]
        others = [words[place] for reader, words in said.items() if reader != "ours" and words[place] is not None]
        if one.case == GOOD:
            assert ours == next((words for word, words in _TOLD.items() if one.form.endswith(word)), ACCEPTS), one.form
            assert ours in others or "finds its address" in others, f"nobody else reads {one.form}: {others}"
        else:
            assert ours != ACCEPTS, (one.form, one.case)
        if one.case == TAMPERED:
            assert ACCEPTS not in others, one.form
    assert set(PYTHON) <= said.keys()
    text = page(found, said, versions())
    if os.environ.get("LTIB_WRITE_MATRIX"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "write it anew with make interoperability, and look what changed"
