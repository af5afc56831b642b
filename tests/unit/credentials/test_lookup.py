"""Documents of other issuers: asked once, a few for each badge, and every failure has its code."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
import responses

from lti_tool.credentials.lookup import Budget, HttpLookup, Remembered
from lti_tool.domain.errors import BadgeToolError
from lti_tool.http import OutgoingHttp

URL = "https://issuer.example/keys/1.json"


def code_of(call: Any) -> str:
    with pytest.raises(BadgeToolError) as caught:
        call()
    return caught.value.code


@responses.activate
def test_each_answer_has_its_code() -> None:
    lookup = HttpLookup(OutgoingHttp())
    responses.get(URL, json={"kty": "RSA"})
    assert lookup.key_document(f"{URL}#key") == {"kty": "RSA"}
    for status, body, code in (
        (404, "", "lookup.refused"),
        (302, "", "lookup.refused"),
        (410, "", "lookup.gone"),
        (200, "<html>", "lookup.unreadable"),
        (200, b"\xff\xfe", "lookup.unreadable"),
        (200, '{"a":1,"a":2}', "lookup.unreadable"),
        (200, "[]", "lookup.unreadable"),
    ):
        responses.replace(responses.GET, URL, body=body, status=status)
        assert code_of(lambda: lookup.key_document(URL)) == code


@responses.activate
def test_where_things_are_asked_for() -> None:
    lookup = HttpLookup(OutgoingHttp())
    responses.get("https://issuer.example/.well-known/did.json", json={"id": "did:web:issuer.example"})
    responses.get("https://issuer.example/status/1", body="aaa.bbb.ccc")
    responses.get("https://issuer.example/b/1", body=b"\x89PNG")
    assert lookup.did_document("did:web:issuer.example") == {"id": "did:web:issuer.example"}
    assert lookup.status_list("https://issuer.example/status/1") == "aaa.bbb.ccc"
    assert lookup.badge("https://issuer.example/b/1") == b"\x89PNG"
    assert code_of(lambda: lookup.did_document("did:web:a/../b")) == "did.invalid"


class Counting:
    """Answers everything, and refuses what is called bad."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def key_document(self, url: str) -> dict[str, Any]:
        with self._lock:
            self.asked[url] += 1
        if "bad" in url:
            raise BadgeToolError("lookup.refused", "No.")
        return {"url": url}

    did_document = hosted_document = status_list = key_document


def test_each_address_is_asked_once_also_by_many_threads_and_also_when_it_fails() -> None:
    inner = Counting()
    shared = Remembered(inner)
    heard: list[str] = []

    def ask() -> None:
        heard.append(shared.key_document("good")["url"])
        heard.append(code_of(lambda: shared.status_list("bad")))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["good"] * 20 + ["lookup.refused"] * 20
    assert inner.asked == {"good": 1, "bad": 1}


def test_one_badge_may_not_ask_for_ever() -> None:
    budget = Budget(Counting(), most=2)
    budget.did_document("a")
    budget.hosted_document("b")
    # As each badge in a record of many asks for the same list.
    budget.hosted_document("b")
    assert code_of(lambda: budget.key_document("c")) == "lookup.too_many"
