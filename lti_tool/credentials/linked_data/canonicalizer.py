"""Chooses between the template and the plain path, and keeps checking one against the other."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.credentials.linked_data.shape import Unshapeable, shape_of
from lti_tool.credentials.linked_data.template import Template
from lti_tool.domain.errors import BadgeToolError

_MAX_SHAPES = 256


@dataclass(slots=True)
class _Known:
    """A shape met before; without a template where filling one in went wrong. `due` counts down to a comparison."""

    template: Template | None
    due: int


class Canonicalizer:
    """Canonical N-Quads, fast for documents of a shape seen before. Safe to share between threads.

    A new shape is used only after its first document came out exactly as by the plain path; afterwards one document
    of that shape in `check_every` is compared again. A difference stops signing: ``credential.template_mismatch``.
    """

    def __init__(self, *, check_every: int = 100) -> None:
        if check_every < 1:
            raise ValueError("check_every must be at least 1")
        self._check_every = check_every
        self._shapes: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def canonical_nquads(self, document: dict[str, Any]) -> str:
        """As `linked_data.plain.canonical_nquads`, with the same refusals."""
        try:
            shape, slots = shape_of(document)
        except Unshapeable:
            return canonical_nquads(document)
        known = self._shapes.get(shape)
        if known is None:
            return self._learn(document, shape, slots)
        if known.template is None:
            return canonical_nquads(document)
        nquads = known.template.fill(slots)
        if self._comparison_is_due(known):
            self._compare(document, nquads)
        return nquads

    def require_known(self, document: dict[str, Any]) -> None:
        """Raises what `canonical_nquads` would raise. Where a document of that shape passed, this one does too."""
        try:
            shape, _ = shape_of(document)
        except Unshapeable:
            canonical_nquads(document)
            return
        known = self._shapes.get(shape)
        if known is None or known.template is None:
            self.canonical_nquads(document)

    def _comparison_is_due(self, known: _Known) -> bool:
        with self._lock:
            known.due -= 1
            if known.due > 0:
                return False
            known.due = self._check_every
            return True

    def _learn(self, document: dict[str, Any], shape: str, slots: list[str]) -> str:
        plain = canonical_nquads(document)
        template: Template | None
        try:
            template = Template(document)
        except Unshapeable:
            template = None
        if template is not None and template.fill(slots) != plain:
            template = None
        with self._lock:
            self._shapes[shape] = _Known(template, self._check_every)
            while len(self._shapes) > _MAX_SHAPES:
                self._shapes.pop(next(iter(self._shapes)))  # the oldest: dicts keep their order
        return plain

    @staticmethod
    def _compare(document: dict[str, Any], nquads: str) -> None:
        if canonical_nquads(document) != nquads:
            raise BadgeToolError(
                "credential.template_mismatch",
                "Two ways of preparing the signature disagree, so nothing was signed.",
                status=500,
                hint="Report this: it is a fault in the tool. No badge was issued.",
            )
