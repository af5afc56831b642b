"""What a teacher chooses of a drawn badge."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.domain.errors import BadgeToolError
from lti_tool.images.drawing.colours import COLOURS
from lti_tool.images.drawing.lettering import can_be_lettered
from lti_tool.images.drawing.outlines import OUTLINES
from lti_tool.images.drawing.symbols import GLYPHS

# For the form: {value: label for people}, in the order to show them.
PALETTE: dict[str, str] = {key: colour.label for key, colour in COLOURS.items()}
SHAPES: dict[str, str] = {key: outline.label for key, outline in OUTLINES.items()}
SYMBOLS: dict[str, str] = {key: glyph.label for key, glyph in GLYPHS.items()}

WORDS_LIMIT = 20  # characters; more would be too small to read on a list of badges


@dataclass(frozen=True, slots=True)
class BadgeDesign:
    """A colour of `PALETTE`, a shape of `SHAPES`, a symbol of `SYMBOLS` and a few words, which may be "".

    Else `image.design_invalid`, and `image.words_invalid` for words that are too long or cannot be drawn.
    """

    colour: str
    shape: str
    symbol: str
    words: str = ""

    def __post_init__(self) -> None:
        if len(self.words) > WORDS_LIMIT or not can_be_lettered(self.words):
            raise BadgeToolError(
                "image.words_invalid",
                f"The picture takes up to {WORDS_LIMIT} Latin, Greek or Cyrillic letters.",
                status=422,
                hint="Shorten the words, or leave them out: the badge's name stands beside the picture everywhere.",
            )
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
        """As stored with a badge: ``blue/shield/star``, and with words ``blue/shield/star/Lab safety``."""
        return "/".join((self.colour, self.shape, self.symbol, *filter(None, [self.words])))

    @classmethod
    def parse(cls, text: str) -> BadgeDesign:
        """Reads what `str()` wrote."""
        parts = text.split("/", 3)
        if len(parts) < 3:
            raise BadgeToolError("image.design_invalid", "A design is colour/shape/symbol.", status=422)
        return cls(*parts)

    @property
    def description(self) -> str:
        """For the alternative text: what the picture shows, in words."""
        drawn = f"{PALETTE[self.colour]} {SHAPES[self.shape].lower()} with {SYMBOLS[self.symbol].lower()}"
        return f"{drawn} and the words “{self.words}”" if self.words else drawn
