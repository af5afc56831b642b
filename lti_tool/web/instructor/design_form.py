"""The picture in the editor's form: drawn from three choices, or a file of the teacher's own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.errors import BadgeToolError
from lti_tool.images import PALETTE, SHAPES, SYMBOLS, BadgeDesign


@dataclass(frozen=True, slots=True)
class Picture:
    """`own_image_id`: the stored picture that a teacher uploaded, "" for none. `draws`: whether the design counts."""

    design: BadgeDesign
    own_image_id: str = ""
    draws: bool = True


def suggested(place: int) -> BadgeDesign:
    """A design for the course's badge number `place` (from 0): neighbours differ in all three."""
    colours, shapes, symbols = list(PALETTE), list(SHAPES), list(SYMBOLS)
    return BadgeDesign(colours[place % len(colours)], shapes[(place + 1) % len(shapes)], symbols[place % len(symbols)])


def of_badge(badge: Achievement) -> Picture:
    """The picture of a stored badge. A design that is not offered any more stays as it was drawn, like a file."""
    with suppress(BadgeToolError):
        if badge.design:
            return Picture(BadgeDesign.parse(badge.design))
    return Picture(suggested(0), badge.image_id, draws=not badge.image_id)


def read(form: Mapping[str, str], held: Picture) -> Picture:
    """The picture as the form has it; a choice that is not offered leaves what was."""
    try:
        design = BadgeDesign(
            form.get("colour", held.design.colour),
            form.get("shape", held.design.shape),
            form.get("symbol", held.design.symbol),
        )
    except BadgeToolError:
        design = held.design
    return Picture(design, held.own_image_id, draws=not held.own_image_id or form.get("draw_instead") == "1")
