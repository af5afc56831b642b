"""Every entry, ours or a library's, is one JSON line with an id and without secrets."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.observability import configure_logs, correlation, get_logger


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("DEBUG", "json", stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_entry_is_one_json_line(out: io.StringIO) -> None:
    get_logger("lti_tool.jobs").info("badge.issued", award=7, note="two\nlines", name="Zoë")
    (line,) = _lines(out)
    assert line["event"] == "badge.issued"
    assert line["award"] == 7
    assert line["level"] == "info"
    assert line["logger"] == "lti_tool.jobs"
    assert line["timestamp"].endswith("Z")
    assert "Zoë" in out.getvalue()


def test_the_correlation_id_is_on_every_entry_inside(out: io.StringIO) -> None:
    log = get_logger("a")
    with correlation("abc", registration=3) as chosen:
        log.info("one")
        logging.getLogger("library").warning("two %s", "words")
        with correlation() as inner:
            log.info("three")
    log.info("four")
    one, two, three, four = _lines(out)
    assert chosen == one["correlation_id"] == two["correlation_id"] == "abc"
    assert one["registration"] == 3
    assert two["event"] == "two words"
    assert three["correlation_id"] == inner != "abc"
    assert len(inner) == 32
    assert "correlation_id" not in four


def test_threads_do_not_mix_their_ids(out: io.StringIO) -> None:
    both = threading.Barrier(2)

    def work(name: str) -> None:
        with correlation(name):
            both.wait(5)
            get_logger("t").info(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert {line["event"]: line["correlation_id"] for line in _lines(out)} == {"left": "left", "right": "right"}


def test_secrets_are_hidden_in_fields_messages_libraries_and_tracebacks(out: io.StringIO) -> None:
    log = get_logger("a")
    log.info("sent", headers={"Authorization": "Bearer s3cr3t-one-long"}, body=["x", {"id_token": "s3cr3t"}])
    log.info("went to https://lms.example/?wstoken=s3cr3t")
    logging.getLogger("library").error("failed: %s", "password=s3cr3t", extra={"client_secret": "s3cr3t"})
    try:
        raise BadgeToolError("claim.nonce_used", "token=s3cr3t")
    except BadgeToolError:
        log.exception("refused")
    assert "s3cr3t" not in out.getvalue()
    refused = _lines(out)[-1]
    assert refused["code"] == "claim.nonce_used"
    assert "Traceback" in refused["exception"]


def test_a_library_may_not_write_urls_at_debug(out: io.StringIO) -> None:
    logging.getLogger("urllib3.connectionpool").debug('"GET /?x=1 HTTP/1.1" 200')
    assert out.getvalue() == ""


def test_a_person_gets_text_and_no_secrets_either() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        configure_logs("INFO", "console", stream)
        get_logger("a").info("sent", token="s3cr3t", to="lms")
        get_logger("a").debug("not shown")
    finally:
        root.handlers, root.level = handlers, level
        structlog.reset_defaults()
    assert "sent" in stream.getvalue()
    assert "lms" in stream.getvalue()
    assert "s3cr3t" not in stream.getvalue()
    assert "not shown" not in stream.getvalue()
