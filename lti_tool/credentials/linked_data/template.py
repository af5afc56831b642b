"""The graph of one shape, worked out once, into which the values of each further document are put.

Reading JSON-LD costs milliseconds, and its answer depends on the shape alone. Canonical blank node labels do depend
on the values, so RDFC-1.0 itself is run for every document; but it looks only at quads that mention a blank node
(https://www.w3.org/TR/rdf-canon/#canon-algorithm, step 2), so the others are written down directly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.linked_data.plain import canonical_lines, document_quads
from lti_tool.credentials.linked_data.shape import Unshapeable, shape_of, with_slots_numbered

_SLOT_NAME = "urn:x-slot:{:06d}:"
# What RDFC-1.0 calls the first blank node.
_FIRST_LABEL = "_:c14n0"
_LABEL = re.compile(r"_:[0-9A-Za-z]+")
_SLOT = re.compile(r'([<"])urn:x-slot:(\d{6}):([>"])')


@dataclass(frozen=True, slots=True)
class _Block:
    """N-Quads text cut at its slots: ``parts[0] slot[order[0]] parts[1] …``."""

    parts: tuple[str, ...]
    order: tuple[int, ...]

    def filled(self, values: list[str]) -> str:
        pieces = [self.parts[0]]
        for slot, part in zip(self.order, self.parts[1:], strict=True):
            pieces.append(values[slot])
            pieces.append(part)
        return "".join(pieces)


class Template:
    """Canonical N-Quads for every document of one shape."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Work out the graph of `document`'s shape.

        Raises Unshapeable where a slot does not come out as exactly one whole name or one whole literal, and the
        BadgeToolErrors of `document_quads`.
        """
        _, slots = shape_of(document)
        lines = [f"{quad} .\n" for quad in document_quads(with_slots_numbered(document, _SLOT_NAME))]
        _require_every_slot(lines, slots)
        alone = _only_blank_node(lines)
        if alone:
            lines = [line.replace(alone, _FIRST_LABEL) for line in lines]
        self._ground = _block([line for line in lines if alone or not _mentions_blank_node(line)])
        self._blank = _block([line for line in lines if not alone and _mentions_blank_node(line)])

    def fill(self, slots: list[str]) -> str:
        """The canonical N-Quads of the document of this shape whose slots (see `shape_of`) hold these terms."""
        from pyoxigraph import RdfFormat, parse  # as late as in plain.py

        # Not splitlines(): a literal may hold other characters that count as line ends there.
        lines = {f"{line}\n" for line in self._ground.filled(slots).split("\n")[:-1]}
        blank = self._blank.filled(slots)
        if blank:
            lines.update(canonical_lines(parse(blank.encode(), format=RdfFormat.N_QUADS)))
        return "".join(sorted(lines))


def _mentions_blank_node(line: str) -> bool:
    # Slots are still names here, so no text of a document can look like a blank node.
    return line.startswith("_:") or " _:" in line


def _only_blank_node(lines: list[str]) -> str:
    """The label of a graph's one blank node, as a proof is, whose canonical label needs no working out; "" where there
    are none or several."""
    labels = {label for line in lines for label in _LABEL.findall(line)}
    return labels.pop() if len(labels) == 1 else ""


def _block(lines: list[str]) -> _Block:
    text = "".join(lines)
    pieces = _SLOT.split(text)
    return _Block(tuple(pieces[0::4]), tuple(int(number) for number in pieces[2::4]))


def _require_every_slot(lines: list[str], slots: list[str]) -> None:
    """Each slot must be in the graph, as what it is: a value that is not there would not be signed."""
    found: dict[int, set[str]] = {}
    for line in lines:
        for opening, number, closing in _SLOT.findall(line):
            found.setdefault(int(number), set()).add(opening + closing)
    for number, slot in enumerate(slots):
        if found.get(number) != {slot[0] + slot[-1]}:
            raise Unshapeable(f"slot {number}")
