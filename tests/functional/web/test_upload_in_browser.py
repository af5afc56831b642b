"""Uploading a table in a real browser that keeps no cookie: rules of accessibility, width, and that it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import Inspector
from tests.functional.web.conftest import Site
from tests.functional.web.test_instructor_in_browser import address, blueprint_makers, enter, page  # noqa: F401
from tests.functional.web.test_upload import TABLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]
WIDTHS = (374, 885)


def test_a_table_is_uploaded_in_a_browser(site: Site, address: str, page: Page) -> None:  # noqa: F811
    inspector = Inspector()
    enter(site, address, page, "/badges")
    inspector.window(page, "course", WIDTHS)
    page.get_by_role("button", name="Upload grades").click()
    inspector.window(page, "upload", WIDTHS)
    page.set_input_files("#table", {"name": "grades.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("h2").first).to_have_text("grades.csv")
    inspector.window(page, "upload-columns", WIDTHS)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.locator("#columns-error")).to_contain_text("how decimals are written")
    page.get_by_label("a comma: 8,5").check()
    page.get_by_role("button", name="Check the rows").click()
    expect(page.locator("#result")).to_have_text("What would be taken in")
    inspector.window(page, "upload-checked", WIDTHS)
    page.get_by_role("button", name="Take in 4 results").click()
    expect(page.locator("#stored")).to_contain_text("4 results were taken in")
    inspector.window(page, "upload-stored", WIDTHS)
    assert inspector.complaints == []
