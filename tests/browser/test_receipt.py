"""A receipt on the narrowest phone, with the longest name that a service has in any language."""

import pytest
from flask import render_template_string
from flask_babel import force_locale, gettext

from reintegration.codelists.languages import Locale
from reintegration.codelists.service_categories import ServiceCategory
from tests.browser.eyes import seen_wrong
from tests.browser.seats import sideways
from tests.database import ROOT

CSS = ROOT / "reintegration" / "static" / "css" / "app.css"
RECEIPT = """{{ ui.receipt(title, "1", [{"key": key, "value": name}], tone=tone) }}"""


@pytest.mark.parametrize("locale", [str(one) for one in Locale])
@pytest.mark.parametrize("tone", ["moss", "gold", "clay"])
def test_a_long_service_stays_on_its_receipt(browser, app, locale, tone):
    with app.test_request_context(), force_locale(locale):
        name = max((str(gettext(one.label)) for one in ServiceCategory), key=len)
        said = {"title": gettext("refused"), "key": gettext("Service"), "name": name, "tone": tone}
        body = render_template_string(RECEIPT, **said)
    page = browser.new_page(viewport={"width": 320, "height": 600})
    page.set_content(f"<style>{CSS.read_text()}</style><main>{body}</main>")
    assert not sideways(page)
    assert seen_wrong(page) == []
    page.close()
