"""Chooses between the template and the plain path, and keeps checking one against the other."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.credentials.linked_data.shape import Slot, Unshapeable, shape_of
from lti_tool.credentials.linked_data.template import Template
from lti_tool.domain.errors import BadgeToolError

_MAX_SHAPES = 256


class Canonicalizer:
    """Canonical N-Quads, fast for documents of a shape seen before. Safe to share between threads.

    A new shape is used only after its first document came out exactly as by the plain path; afterwards one document
    in `check_every` is compared again. A difference stops signing: ``credential.template_mismatch``.
    """

    def __init__(self, *, check_every: int = 100) -> None:
        if check_every < 1:
            raise ValueError("check_every must be at least 1")
        self._check_every = check_every
        self._templates: OrderedDict[tuple[str, ...], Template | None] = OrderedDict()
        self._lock = threading.Lock()
        self._filled = 0

    def canonical_nquads(self, document: dict[str, Any]) -> str:
        """As `linked_data.plain.canonical_nquads`, with the same refusals."""
        try:
            shape, slots = shape_of(document)
        except Unshapeable:
            return canonical_nquads(document)
        with self._lock:
            known = shape in self._templates
            template = self._templates.get(shape)
            if known:
                self._templates.move_to_end(shape)
            self._filled += 1
            due = self._filled % self._check_every == 0
        if not known:
            return self._learn(document, shape, slots)
        if template is None:
            return canonical_nquads(document)
        nquads = template.fill(slots)
        if due:
            self._compare(document, nquads)
        return nquads

    def _learn(self, document: dict[str, Any], shape: tuple[str, ...], slots: list[Slot]) -> str:
        plain = canonical_nquads(document)
        template: Template | None
        try:
            template = Template(document)
        except Unshapeable:
            template = None
        if template is not None and template.fill(slots) != plain:
            template = None
        with self._lock:
            self._templates[shape] = template
            while len(self._templates) > _MAX_SHAPES:
                self._templates.popitem(last=False)
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
