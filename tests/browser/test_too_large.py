"""A file that is too large, sent without scripts, meets a page of ours and leads back to its form."""

import pytest
from playwright.sync_api import expect

from reintegration.app import MAX_UPLOAD


@pytest.mark.deep
@pytest.mark.parametrize("more", [1, 60 * 1024 * 1024])
def test_a_file_that_is_too_large_says_the_limit_and_leads_back(opens, tmp_path, more):
    large = tmp_path / "list.csv"
    large.write_bytes(bytes(MAX_UPLOAD + more))
    page = opens("vera", "/providers/import/", java_script_enabled=False)
    page.locator("main input[type=file]").set_input_files(large)
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This file is too large")
    expect(page.locator("main")).to_contain_text("A file that is sent here has at most 20 MB.")
    page.get_by_role("link", name="Go back to the form").click()
    expect(page.locator("main input[type=file]")).to_be_visible()
