"""Bodies as nobody should send them: made from good ones, or of nothing, and the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

_ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**400, -(10**30), 1e308, 5e-324, "", " ", "\0", "\ud800", "\u202e", "a\nb", "85%",
    "8,5", "NaN", "x" * 300, "x" * 5000, "http://[", "http://169.254.169.254/", "javascript:x", "' OR 1=1 --",
    "2026-09-01T08:00:00Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
    [], {}, [[]], [None] * 50, {"id": {}}, {"": ""}, {"a": {"a": {"a": {}}}},
]  # fmt: skip
_NAMES = ["id", "@id", "type", "objectType", "score", "actor", "object", "data", "\ud800", "__proto__", "x"]
_TOKENS = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\u0000", b"\\ud800", b"NaN", b"-", b"1e999", b"\xff",
           b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x00", b"null", b"true", b"0", b"9" * 400]  # fmt: skip


def mangled(seeds: list[Any], seed: int) -> Iterator[bytes]:
    """Without end."""
    dice = random.Random(seed)
    ways: list[Callable[[random.Random, Any], bytes]] = [_member, _member, _member, _bytes, _bytes, _cut, _noise, _deep]
    while True:
        yield dice.choice(ways)(dice, dice.choice(seeds))


def _written(value: Any) -> bytes:
    return json.dumps(value, allow_nan=True).encode("utf-8", "surrogatepass")


def _member(dice: random.Random, good: Any) -> bytes:
    """Some members are something else, missing, doubled, or strangers."""
    value = json.loads(json.dumps(good))
    for _ in range(dice.randint(1, 4)):
        places = list(_containers(value))
        if not places:
            break
        inside = dice.choice(places)
        name = dice.choice(list(inside)) if isinstance(inside, dict) and inside else dice.choice(_NAMES)
        if isinstance(inside, list):
            inside.insert(dice.randint(0, len(inside)), deepcopy(dice.choice(_ODD)))
        elif dice.random() < 0.2:
            inside.pop(name, None)
        elif dice.random() < 0.2:
            inside[dice.choice(_NAMES)] = deepcopy(inside.get(name))
        else:
            inside[name] = deepcopy(dice.choice(_ODD))
    return _written(value)


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _containers(part)


def _bytes(dice: random.Random, good: Any) -> bytes:
    """Some bytes are others, gone, or more."""
    raw = bytearray(_written(good))
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(raw))
        kind = dice.randint(0, 2)
        if kind == 0:
            raw[place] = dice.randrange(256)
        elif kind == 1:
            del raw[place : place + dice.randint(1, 8)]
        else:
            raw[place:place] = dice.choice(_TOKENS)
        raw = raw or bytearray(b"{")
    return bytes(raw)


def _cut(dice: random.Random, good: Any) -> bytes:
    raw = _written(good)
    return raw[: dice.randrange(len(raw))] + dice.choice(_TOKENS) * dice.randint(0, 3)


def _noise(dice: random.Random, good: Any) -> bytes:
    return b"".join(dice.choices(_TOKENS, k=dice.randint(0, 40))) + dice.randbytes(dice.randint(0, 60))


def _deep(dice: random.Random, good: Any) -> bytes:
    opened = dice.choice([b"[", b'{"a":', b'{"data":[', b'{"object":'])
    return opened * dice.choice([5, 13, 500, 20_000]) + dice.choice([b"", b"1", b"]" * 13])
