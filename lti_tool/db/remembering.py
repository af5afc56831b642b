"""What a repository gave once it gives again without asking, until something else is asked of it.

Decisions about a class ask for its course, its badges and its issuer once for each learner. A repository lives for one
transaction, so what it remembers is what that transaction saw.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from copy import copy
from functools import wraps
from inspect import isfunction
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., Any])
_MARK = "_gives_the_same"
_NOTHING = object()
_CHANGEABLE = frozenset({list, dict, set})


def once(method: Method) -> Method:
    """A reading that gives the same again. Lists and dictionaries are each caller's own."""

    @wraps(method)
    def reading(self: Any, *asked: Any, **more: Any) -> Any:
        given = self.__dict__.setdefault("_given", {})
        key = (method.__name__, *map(_hashable, asked), *((name, _hashable(more[name])) for name in sorted(more)))
        found = given.get(key, _NOTHING)
        if found is _NOTHING:
            found = given[key] = method(self, *asked, **more)
        return copy(found) if type(found) in _CHANGEABLE else found

    setattr(reading, _MARK, True)
    return cast(Method, reading)


class Remembering:
    """Whatever is called of it but a reading marked with `once` may change something, and makes it forget."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for name, method in list(vars(cls).items()):
            if isfunction(method) and not name.startswith("_") and not hasattr(method, _MARK):
                setattr(cls, name, _forgetting(method))


def _forgetting(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Any, *asked: Any, **more: Any) -> Any:
        self.__dict__.pop("_given", None)
        return method(self, *asked, **more)

    return call


def _hashable(value: Any) -> Hashable:
    if type(value) is str:
        return cast(Hashable, value)
    if isinstance(value, Mapping):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list | set) else cast(Hashable, value)
