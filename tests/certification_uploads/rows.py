"""The files that must be refused, or lose what is hostile in them: pictures of badges, badges inside pictures, tables.

A row is a case; a test proves it with ``@pytest.mark.row("UP07")`` or as one of its `case`s.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.counting import Catalogue, Proved

ROWS: dict[str, str] = {
    "UP01": "a script element",
    "UP02": "an attribute that listens to events",
    "UP03": "an address that is a script or a page",
    "UP04": "HTML inside a drawing",
    "UP05": "a reference that would be fetched",
    "UP06": "a style sheet that imports",
    "UP07": "an animation of an address",
    "UP08": "an external entity",
    "UP09": "entities that multiply",
    "UP10": "a document type, a parameter entity, an inclusion",
    "UP11": "a script under another prefix",
    "UP12": "a script in another encoding",
    "UP13": "a script split by CDATA or comments",
    "UP14": "two assertions in a drawing",
    "UP15": "a drawing that is too much work",
    "UP16": "a filter or a pattern that is too much work",
    "UP17": "a page that says it is a drawing",
    "UP18": "a stored picture that is opened by itself",
    "UP19": "a small file that says it is huge",
    "UP20": "a text chunk that unpacks to much",
    "UP21": "a colour profile that unpacks to much",
    "UP22": "ten thousand frames",
    "UP23": "a damaged file",
    "UP24": "a picture that is also something else",
    "UP25": "two credentials in a picture",
    "UP26": "a credential in a picture that is foreign, forged or withdrawn",
    "UP27": "a credential chunk that lies, or is too large",
    "UP28": "what a picture tells of people",
    "UP29": "other formats that call themselves PNG",
    "UP30": "formats that are not taken",
    "UP31": "the name of a file",
    "UP32": "name, type and first bytes disagree",
    "UP33": "nothing, too much, and a length that is a lie",
    "UP34": "a thousand files of one person",
    "UP35": "an upload that breaks off",
    "UP36": "a formula in a table",
}


def case(name: str, *values: Any) -> Any:
    """A case of a parametrised test that proves the row with which its name begins; its value is the name itself where
    there is no other."""
    return pytest.param(*(values or (name,)), id=name, marks=pytest.mark.row(name[:4]))


_NAMED = 12


def summary(proved: Proved) -> str:
    """``36 of 36 rows``, and the first of those that are missing."""
    lacking = sorted(ROWS.keys() - proved.keys())
    said = f"Upload catalogue: {len(ROWS) - len(lacking)} of {len(ROWS)} rows"
    named = ", ".join(lacking[:_NAMED]) + (" …" if len(lacking) > _NAMED else "")
    return f"{said} (not: {named})" if lacking else said


UPLOADS = Catalogue(frozenset(ROWS), summary)
