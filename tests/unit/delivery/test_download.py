"""Files and their names."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.delivery.download import files_for, safe_stem
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import StoredCredential


def credential(document: str | None = '{"name": "Zoë"}', token: str | None = "a.b.c") -> StoredCredential:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return StoredCredential("urn:uuid:1", "award", "", {}, at, "k1", "k2", document, token)


def test_each_form_is_a_file() -> None:
    assert "sd-jwt" not in files_for(credential(), b"\x89PNG", "Lab Safety")
    files = files_for(credential(), b"\x89PNG", "Lab Safety", "a.b.c~d~")
    assert {suffix: tuple(file) for suffix, file in files.items()} == {
        "json": ("lab-safety-badge.json", "application/json", '{"name": "Zoë"}'.encode()),
        "jwt": ("lab-safety-badge.jwt", "text/plain", b"a.b.c"),
        "png": ("lab-safety-badge.png", "image/png", b"\x89PNG"),
        "sd-jwt": ("lab-safety-badge.sd-jwt", "application/dc+sd-jwt", b"a.b.c~d~"),
    }


@pytest.mark.parametrize("unsigned", [credential(document=None), credential(token=None)])
def test_an_intent_is_no_file(unsigned: StoredCredential) -> None:
    with pytest.raises(BadgeToolError) as refused:
        files_for(unsigned, b"", "Lab Safety")
    assert refused.value.code == "credential.unsigned"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Lab Safety", "lab-safety-badge"),
        ("First badge", "first-badge"),
        ("../../etc/passwd", "etc-passwd-badge"),
        ("..", "badge"),
        ("", "badge"),
        ("CON", "con-badge"),
        ("a\r\nSet-Cookie: x", "a-set-cookie-x-badge"),
        ('"quoted"; filename=x', "quoted-filename-x-badge"),
        ("ex\u202egnp.exe", "ex-gnp-exe-badge"),
        ("Sécurité au labo", "sécurité-au-labo-badge"),
        ("السلامة", "السلامة-badge"),
        ("सुरक्षा", "सुरक्षा-badge"),
        ("🏅", "badge"),
    ],
)
def test_names_from_life(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


@given(st.text(max_size=400))
def test_every_name_is_safe_everywhere(name: str) -> None:
    stem = safe_stem(name)
    assert stem.endswith("badge")
    assert len(stem.encode()) + len(".json") <= 255
    assert all(letter == "-" or unicodedata.category(letter)[0] in "LNM" for letter in stem)
    assert not stem.startswith("-")
    assert safe_stem(stem) == stem
