"""One stage for each test: a platform with its own key, and the tool's endpoints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from tests.fakes.lti_stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        yield Stage(web)
