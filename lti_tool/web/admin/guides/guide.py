"""What a guide to one LMS says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Guide:
    """Of one LMS. `places`: where to click, in order. `gives`: (label there, which of the tool's values). `choices`:
    (label there, what to choose). `asks`: what the LMS calls each value that is entered here. `known`: values that are
    the same for every customer. `examples`: how its addresses look."""

    code: str
    name: str
    places: tuple[str, ...]
    gives: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
