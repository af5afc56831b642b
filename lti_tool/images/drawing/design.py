"""What a teacher chooses of a drawn badge."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images.drawing.colours import COLOURS
from lti_tool.images.drawing.outlines import OUTLINES
from lti_tool.images.drawing.symbols import GLYPHS

# For the form: {value: label for people}, in the order to show them.
PALETTE: dict[str, str] = {key: colour.label for key, colour in COLOURS.items()}
SHAPES: dict[str, str] = {key: outline.label for key, outline in OUTLINES.items()}
SYMBOLS: dict[str, str] = {key: glyph.label for key, glyph in GLYPHS.items()}


@dataclass(frozen=True, slots=True)
class BadgeDesign:
    """A colour of `PALETTE`, a shape of `SHAPES` and a symbol of `SYMBOLS`; else `image.design_invalid`."""

    colour: str
    shape: str
    symbol: str

    def __post_init__(self) -> None:
        for value, known, what in (
            (self.colour, PALETTE, "colour"),
            (self.shape, SHAPES, "shape"),
            (self.symbol, SYMBOLS, "symbol"),
        ):
            if value not in known:
                raise BadgeToolError(
                    "image.design_invalid",
                    f"This {what} is not one of those offered.",
                    status=422,
                    hint=f"Choose one of: {', '.join(known)}.",
                )

    def __str__(self) -> str:
        """As stored with a badge: ``blue/shield/star``."""
        return f"{self.colour}/{self.shape}/{self.symbol}"

    @classmethod
    def parse(cls, text: str) -> BadgeDesign:
        """Reads what `str()` wrote."""
        parts = text.split("/")
        if len(parts) != 3:
            raise BadgeToolError("image.design_invalid", "A design is colour/shape/symbol.", status=422)
        return cls(*parts)

    @property
    def description(self) -> str:
        """For the alternative text: what the picture shows, in words."""
        return f"{PALETTE[self.colour]} {SHAPES[self.shape].lower()} with {SYMBOLS[self.symbol].lower()}"
