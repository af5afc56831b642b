"""A badge inside a PNG: read back whole, exactly one, safe for readers that count braces."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lti_tool.credentials.baking import bake_png, payload_text, unbake_png
from lti_tool.domain.errors import BadgeToolError

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('{}"\\ab', max_size=3), inner, max_size=3),
    max_leaves=8,
)


def image(**options: Any) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (3, 2), (200, 30, 90)).save(output, "PNG", **options)
    return output.getvalue()


def with_text(*texts: tuple[str, str, bool]) -> bytes:
    info = PngInfo()
    for keyword, text, compressed in texts:
        info.add_itxt(keyword, text, zip=compressed)
    return image(pnginfo=info)


def refusal(png: bytes) -> str:
    with pytest.raises(BadgeToolError) as caught:
        unbake_png(png)
    return caught.value.code


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_baked_comes_out_again(text: str) -> None:
    baked = bake_png(image(), text)
    assert unbake_png(baked) == text


def test_the_picture_and_other_texts_stay() -> None:
    original = with_text(("Comment", "drawn by hand", False))
    baked = bake_png(original, '{"a":1}')
    with Image.open(io.BytesIO(baked)) as after, Image.open(io.BytesIO(original)) as before:
        assert after.tobytes() == before.tobytes()
        assert after.text == {"Comment": "drawn by hand", "openbadgecredential": '{"a":1}'}  # type: ignore[attr-defined]


def test_baking_again_replaces() -> None:
    once = bake_png(image(), "first")
    assert bake_png(once, "second") == bake_png(image(), "second")


def test_two_credentials_are_refused() -> None:
    twice = with_text(("openbadgecredential", "one", False), ("openbadgecredential", "two", False))
    assert refusal(twice) == "image.two_credentials"


def test_a_compressed_credential_is_refused() -> None:
    assert refusal(with_text(("openbadgecredential", "x" * 1000, True))) == "image.credential_unreadable"


def test_an_image_without_a_credential() -> None:
    assert refusal(image()) == "image.no_credential"
    assert refusal(with_text(("openbadgesx", "{}", False))) == "image.no_credential"


def test_an_open_badge_2_is_read_where_there_is_no_newer_one() -> None:
    old = with_text(("openbadges", "https://old.example/assertions/1", False))
    assert unbake_png(old) == "https://old.example/assertions/1"
    assert unbake_png(bake_png(old, "newer")) == "newer"


def test_broken_images_are_refused() -> None:
    baked = bake_png(image(), "text")
    assert refusal(baked.replace(b"text", b"tent")) == "image.not_png"
    assert refusal(baked[:-12]) == "image.not_png"
    assert refusal(b"GIF89a") == "image.not_png"
    huge_length = baked[:8] + b"\x7f\xff\xff\xff" + baked[12:]
    assert refusal(huge_length) == "image.not_png"


@given(JSON_VALUES)
def test_braces_balance_for_readers_that_count_them(value: Any) -> None:
    text = payload_text({"value": value})
    assert json.loads(text) == {"value": value}
    depth, ends = 0, []
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            ends.append(place)
    assert ends == [len(text) - 1]
