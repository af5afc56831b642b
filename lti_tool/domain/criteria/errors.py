"""What is wrong with criteria, and where in the tree."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError


class CriteriaError(BadgeToolError):
    """`path` leads to the offending part, as a JSON Pointer (RFC 6901): "" for the root, "/parts/1/parts/0" below."""

    def __init__(self, code: str, message: str, *, path: str | None = None, hint: str = "") -> None:
        super().__init__(code, message, status=422, hint=hint)
        self.path = path or ""
        self._is_placed = path is not None

    def at(self, path: str) -> CriteriaError:
        """The same with its place, unless it knows one already."""
        return self if self._is_placed else CriteriaError(self.code, self.message, path=path, hint=self.hint)


def invalid(message: str) -> CriteriaError:
    return CriteriaError("criteria.invalid", message)
