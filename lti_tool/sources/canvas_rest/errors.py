"""Why Canvas did not answer, and whether asking again can help."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError


class CanvasError(BadgeToolError):
    """`permanent`: the same question will get the same answer until an administrator changes something. `retry_after`:
    seconds that Canvas wants to be left alone for, None where it named none."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        permanent: bool,
        hint: str = "",
        status: int = 502,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message, status=status, hint=hint)
        self.permanent = permanent
        self.retry_after = retry_after


def not_connected() -> CanvasError:
    return CanvasError(
        "canvas.not_connected",
        "LTI Badges may not read this Canvas: its second key is not set up.",
        permanent=True,
        status=409,
        hint="Open “Canvas: second key” on the platform's page.",
    )


def withdrawn() -> CanvasError:
    """The refresh token counts no more: who consented took it back, left, or the key was switched off or deleted."""
    return CanvasError(
        "canvas.access_withdrawn",
        "Canvas no longer lets LTI Badges read: the access was taken back, or the key was switched off.",
        permanent=True,
        status=403,
        hint="Look at the key in Canvas, then open “Canvas: second key” on the platform's page and allow it anew.",
    )


def key_refused() -> CanvasError:
    return CanvasError(
        "canvas.key_refused",
        "Canvas does not know this key, or its secret is another.",
        permanent=True,
        status=403,
        hint="Compare client ID and key with Developer Keys in Canvas, and see that the key is on.",
    )


def token_refused() -> CanvasError:
    return CanvasError("canvas.token_refused", "Canvas refuses a token that it has just given.", permanent=True)


def scope_missing(scope: str) -> CanvasError:
    return CanvasError(
        "canvas.scope_missing",
        f"The key may not do this: the scope {scope} is missing.",
        permanent=True,
        status=403,
        hint="In Canvas edit the key, switch this scope on, then allow it anew at “Canvas: second key”.",
    )


def includes_off() -> CanvasError:
    """Canvas drops `include[]` of a key with scopes silently, so that what was asked for is simply not there."""
    return CanvasError(
        "canvas.includes_off",
        "The key may not ask for details: “Allow Include Parameters” is off.",
        permanent=True,
        status=403,
        hint="In Canvas edit the key and switch “Allow Include Parameters” on.",
    )


def forbidden() -> CanvasError:
    return CanvasError(
        "canvas.forbidden",
        "Canvas does not let the person who allowed the access see this course's grades.",
        permanent=True,
        status=403,
        hint="An administrator who may view all grades must allow it anew at “Canvas: second key”.",
    )


def not_found() -> CanvasError:
    return CanvasError("canvas.not_found", "The course is no longer there in Canvas.", permanent=True, status=404)


def throttled(retry_after: float) -> CanvasError:
    return CanvasError("canvas.throttled", "Canvas asks us to slow down.", permanent=False, retry_after=retry_after)


def busy() -> CanvasError:
    return CanvasError(
        "canvas.busy", "Another process is reading this Canvas; one call at a time.", permanent=False, retry_after=5.0
    )


def unavailable(status: int) -> CanvasError:
    return CanvasError("canvas.unavailable", f"Canvas answered with status {status}.", permanent=False)


def http_error(status: int) -> CanvasError:
    return CanvasError("canvas.http_error", f"Canvas answered with status {status}.", permanent=True)


def not_json() -> CanvasError:
    """A login page, a maintenance page or half an answer: never data."""
    return CanvasError(
        "canvas.not_json",
        "Canvas's answer is not JSON.",
        permanent=False,
        hint="Check Canvas's address: it must lead to Canvas itself, not to a sign-in page.",
    )


def unexpected() -> CanvasError:
    """JSON, but not the answer to this question."""
    return CanvasError("canvas.unexpected", "Canvas's answer has another shape than expected.", permanent=True)


def paging(message: str) -> CanvasError:
    return CanvasError("canvas.paging", message, permanent=False)
