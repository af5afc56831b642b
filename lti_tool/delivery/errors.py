"""What a delivery that did not succeed says about trying again."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError


class DeliveryError(BadgeToolError):
    """A badge did not reach its destination.

    `permanent`: trying again cannot help until a person changes something. `retry_after`: seconds the destination
    asked to be left alone, None where it named none.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        permanent: bool,
        retry_after: float | None = None,
        status: int = 502,
        hint: str = "",
    ) -> None:
        super().__init__(code, message, status=status, hint=hint)
        self.permanent = permanent
        self.retry_after = retry_after
