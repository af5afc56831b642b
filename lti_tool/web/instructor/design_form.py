"""The picture in the editor's form: drawn from three choices and a few words, or a file of the teacher's own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from flask import url_for

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import PALETTE, SHAPES, SYMBOLS, BadgeDesign, badge_svg
from lti_tool.web.form_text import typed
from lti_tool.web.places import image_url


@dataclass(frozen=True, slots=True)
class Picture:
    """`own_image_id`: the stored picture that a teacher uploaded, "" for none. `draws`: whether the design counts.
    `alt`: what it shows in the teacher's words. `words`: what she typed to be drawn; `words_error`: why it cannot be.
    """

    design: BadgeDesign
    own_image_id: str = ""
    draws: bool = True
    alt: str = ""
    words: str = ""
    words_error: str = ""


def suggested(place: int) -> BadgeDesign:
    """A design for the course's badge number `place` (from 0): neighbours differ in all three."""
    colours, shapes, symbols = list(PALETTE), list(SHAPES), list(SYMBOLS)
    return BadgeDesign(colours[place % len(colours)], shapes[(place + 1) % len(shapes)], symbols[place % len(symbols)])


def of_badge(badge: Achievement) -> Picture:
    """The picture of a stored badge. A design that is not offered any more stays as it was drawn, like a file."""
    with suppress(BadgeToolError):
        if badge.design:
            design = BadgeDesign.parse(badge.design)
            return Picture(design, alt=badge.image_alt, words=design.words)
    return Picture(suggested(0), badge.image_id, draws=not badge.image_id, alt=badge.image_alt)


def read(form: Mapping[str, str], held: Picture) -> Picture:
    """The picture as the form has it; a choice that is not offered leaves what was."""
    words, words_error = typed(form, "words"), ""
    try:
        design = BadgeDesign(*(form.get(name, getattr(held.design, name)) for name in ("colour", "shape", "symbol")))
    except BadgeToolError:
        design = held.design
    try:
        design = replace(design, words=words)
    except BadgeToolError as error:
        words_error = f"{error.message} {error.hint}"
    draws = not held.own_image_id or form.get("draw_instead") == "1"
    return Picture(design, held.own_image_id, draws, typed(form, "image_alt"), words, words_error)


def preview(picture: Picture) -> dict[str, str]:
    """What the page shows of it: its address, what it shows in words, and what is wrong with its words.

    A drawing with words has no address of its own: nobody shall have this site draw what he likes for others.
    """
    design, own = picture.design, picture.own_image_id
    if not picture.draws:
        return {"src": image_url(own), "alt": picture.alt or "Your own picture", "error": ""}
    if design.words:
        src = "data:image/svg+xml;base64," + b64encode(badge_svg(design).encode()).decode()
    else:
        src = url_for("instructor.drawing", colour=design.colour, shape=design.shape, symbol=design.symbol)
    return {"src": src, "alt": design.description, "error": picture.words_error}
