"""Rows of Canvas's answers; members that are not named here are ignored, and what cannot be read is left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Annotated, Any, TypeVar

import structlog
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lti_tool.domain.canvas_ids import number_of
from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.canvas_rest import errors

log = structlog.get_logger(__name__)


def _id(value: Any) -> int:
    """Also as text, which Canvas writes on request, and as "shard~number"."""
    try:
        return number_of(value)
    except BadgeToolError:
        raise ValueError("not an id of Canvas") from None


def _words(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) else value


Id = Annotated[int, BeforeValidator(_id)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Time = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]

# A grade as it is shown: mostly text, even where it is a number.
Words = Annotated[str, BeforeValidator(_words)]


class Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


R = TypeVar("R", bound=Row)


def read_rows(kind: type[R], values: Iterable[Any]) -> list[R]:
    """Those that are as they should be. Where none is, it is another answer: `canvas.unexpected`."""
    found: list[R] = []
    unreadable = 0
    for value in values:
        try:
            found.append(kind.model_validate(value))
        except ValidationError:
            unreadable += 1
    if unreadable and not found:
        raise errors.unexpected()
    if unreadable:
        log.warning("canvas.rows_unreadable", kind=kind.__name__, count=unreadable)
    return found
