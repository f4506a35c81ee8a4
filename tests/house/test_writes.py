"""A write has one edge, a form its key, and a service that changes rows asks whether it may."""

import ast
import re

import pytest

from tests.house import services
from tests.house.source import PRODUCT, ROOT

VIEWS = sorted(
    path
    for name in PRODUCT
    for pattern in ("views/*.py", "*_page.py")
    for path in (ROOT / name).rglob(pattern)
)
WITHOUT_KEY = {"set_locale", "sign_out"}
"""The language and the way out make nothing: to press them twice is to press them once."""

ASKED_BEFORE = {
    "reintegration.cases.services.case_moves.work_begins",
    # Steps of other services: what calls them has asked for the act that they belong to.
    "vouchers.books.services.journal.post",
    "vouchers.books.services.periods.signing_off.sign_off",
    "vouchers.payments.services.settlement.post_of_order",
    "vouchers.payments.services.settlement.undo_offset",
    "vouchers.voucher.services.confirmation.let_go",
    "vouchers.voucher.services.remainder.release",
}


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_view_meets_a_refusal_reads_past_its_form_or_is_declared_past_pages(path):
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    caught = [
        node.lineno
        for node in tree
        if isinstance(node, ast.ExceptHandler) and "DomainError" in ast.unparse(node.type or node)
    ]
    read = [
        node.lineno
        for node in tree
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("request.form", "parameters.posted")
    ]
    past = [
        ast.unparse(decorator)
        for node in tree
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if re.search(r"\.(get|post|route)\(|requires|transactional", ast.unparse(decorator))
    ]
    assert past == [], "declare it by a page, an act or a form of reintegration.web.pages"
    assert (caught, read) == ([], []), "use reintegration.web.submit, and a field of the form"


def forms_without_key(template: str) -> list[str]:
    """Return the addresses of forms that send without a key."""
    sending = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', template, re.DOTALL)
    return [
        form.split(">", 1)[0]
        for form in sending
        if "form_key()" not in form
        and "hidden()" not in form
        and not any(f"{name}')" in form for name in WITHOUT_KEY)
    ]


def test_every_form_that_sends_carries_a_key():
    found = {
        str(path.relative_to(ROOT)): forms_without_key(path.read_text(encoding="utf-8"))
        for path in (ROOT / "templates").rglob("*.html")
    }
    assert {path: forms for path, forms in found.items() if forms} == {}


def test_a_form_without_a_key_would_be_found():
    assert forms_without_key('<form method="post" action="/x">x</form>') != []


def test_every_service_that_changes_rows_for_an_actor_asks_whether_it_may():
    assert services.writing_without_asking() == ASKED_BEFORE


def test_the_calls_of_a_service_are_followed():
    found = services.bodies()["reintegration.accounts.services.organisations", "close"]
    assert (found.writes, found.asks) == (True, True)
    register = ("reintegration.cases.services.registration", "register")
    stored = services.bodies()["reintegration.cases.services.vault", "store_identity"]
    assert stored in set(services.reached(register))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_what_is_missing_is_said_by_us_and_not_by_the_browser(path):
    """A browser says it in its own language, which need not be the page's."""
    text = path.read_text(encoding="utf-8")
    sending = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    asking = [form.split(">", 1)[0] for form in sending if re.search(r"<[^>]* required[ >]", form)]
    assert [head for head in asking if "novalidate" not in head] == []
