"""Drawn badges: every combination draws, the symbol stands out, the bytes are always the same."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from functools import cache
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import PALETTE, SHAPES, SYMBOLS, BadgeDesign, draw
from lti_tool.images.drawing.colours import COLOURS, Rgb, contrast, luminance, mix, rgb, shades, to_hex
from lti_tool.images.drawing.compose import badge_svg, banner_ink, render
from lti_tool.images.svg import sanitise


def _open(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGBA")


@cache
def _empty(colour: str, shape: str) -> Image.Image:
    """A badge without its symbol, whichever that would be; drawing takes longer than all that is asked of it."""
    return _open(render(badge_svg(BadgeDesign(colour, shape, "star"), with_symbol=False)))


def test_the_form_has_enough_to_choose_from() -> None:
    assert len(PALETTE) >= 8
    assert len(SHAPES) >= 5
    assert len(SYMBOLS) >= 8
    labels = [*PALETTE.values(), *SHAPES.values(), *SYMBOLS.values()]
    assert all(label[0].isupper() for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(("shape", "symbol"), list(itertools.product(SHAPES, SYMBOLS)))
def test_every_shape_carries_every_symbol(shape: str, symbol: str) -> None:
    picture = _open(draw(BadgeDesign("teal", shape, symbol)))
    assert picture.size == (512, 512)
    assert all(picture.getpixel(corner)[3] == 0 for corner in [(0, 0), (511, 0), (0, 511), (511, 511)])
    without = _empty("teal", shape)
    difference = ImageChops.difference(picture.convert("RGB"), without.convert("RGB")).convert("L")
    changed = sum(difference.histogram()[1:])
    assert changed > 6_000, "the symbol is hardly there"
    assert picture.getchannel("A").tobytes() == without.getchannel("A").tobytes(), "it hangs over the edge"


@pytest.mark.parametrize("colour", PALETTE)
def test_the_symbol_stands_out_on_every_spot_of_the_face(colour: str) -> None:
    ink = rgb(shades(COLOURS[colour].base).ink)
    for shape in SHAPES:
        picture = _empty(colour, shape)
        centre = picture.crop((186, 166, 326, 290)).convert("RGB").resize((35, 31), Image.Resampling.NEAREST)
        for _, pixel in centre.getcolors(maxcolors=35 * 31) or []:
            assert isinstance(pixel, tuple)
            assert contrast((pixel[0] / 255, pixel[1] / 255, pixel[2] / 255), ink) >= 4.5


def test_the_bytes_are_the_same_in_another_process() -> None:
    design = BadgeDesign("gold", "rosette", "trophy")
    program = (
        "import sys; from lti_tool.images import BadgeDesign, draw; "
        "sys.stdout.buffer.write(draw(BadgeDesign('gold', 'rosette', 'trophy')))"
    )
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert draw(design) == draw(design) == again


def test_different_designs_look_different() -> None:
    choices = ["red/circle/star", "blue/circle/star", "red/seal/star", "red/circle/book"]
    drawn = {draw(BadgeDesign.parse(choice)) for choice in choices}
    assert len(drawn) == 4


@pytest.mark.parametrize(
    "text", ["", "blue", "blue/circle", "mauve/circle/star", "blue/blob/star", "blue/circle/x", "a/b/c/d"]
)
def test_other_choices_are_refused(text: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        BadgeDesign.parse(text)
    assert refused.value.code == "image.design_invalid"


def test_a_design_is_stored_as_text_and_described_in_words() -> None:
    design = BadgeDesign("blue", "shield", "book")
    assert BadgeDesign.parse(str(design)) == design
    assert design.description == "Blue shield with an open book"


def test_contrast_is_wcags() -> None:
    black: Rgb = (0.0, 0.0, 0.0)
    assert contrast(black, (1.0, 1.0, 1.0)) == pytest.approx(21)
    assert contrast(rgb("#767676"), (1.0, 1.0, 1.0)) == pytest.approx(4.54, abs=0.01)
    assert luminance(rgb("#808080")) == pytest.approx(0.2159, abs=0.0001)
    assert to_hex(mix(black, (1.0, 1.0, 1.0), 0.5)) == "#808080"


@pytest.mark.parametrize("colour", PALETTE)
def test_the_words_stand_out_on_their_banner(colour: str) -> None:
    paint = shades(COLOURS[colour].base)
    assert contrast(rgb(banner_ink(paint)), rgb(paint.ink)) >= 7
    picture = _open(draw(BadgeDesign(colour, "circle", "star", "WWWW")))
    without = _open(draw(BadgeDesign(colour, "circle", "star")))
    assert picture.crop((60, 330, 450, 400)).getextrema() != without.crop((60, 330, 450, 400)).getextrema()


@pytest.mark.parametrize("words", ["#panic()", "</title><script>", "$x$ *b* \\", "a/b/c", "Ёж Ångström"])
def test_words_are_letters_and_never_markup(words: str) -> None:
    design = BadgeDesign("teal", "seal", "gear", words)
    svg = badge_svg(design)
    assert "<script" not in svg
    assert "<text" not in svg
    assert BadgeDesign.parse(str(design)) == design
    tree = ElementTree.fromstring(svg)
    title = tree.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == design.description == f"Teal seal with a gear and the words “{words}”"
    assert (tree.get("role"), tree.get("aria-labelledby")) == ("img", title.get("id"))


@pytest.mark.parametrize("words", ["测试", "w" * 21, "a\nb", "\u202eabc", "🙂"])
def test_words_that_cannot_be_drawn_are_refused(words: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        BadgeDesign("blue", "circle", "star", words)
    assert refused.value.code == "image.words_invalid"


def test_a_drawing_keeps_the_rules_for_uploads_and_shows_the_same() -> None:
    for design in (BadgeDesign("gold", "rosette", "trophy", "Level 3"), BadgeDesign("navy", "diamond", "globe")):
        assert _open(render(sanitise(badge_svg(design).encode()))).tobytes() == _open(draw(design)).tobytes()
