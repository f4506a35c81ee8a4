"""Whatever stands in an address, a form or a program's request: no answer begins with a 5.

The addresses come from the map of the application, the words behind the `?` from its source, the
forms from its own pages, each opened by somebody who may and filled in as a person would. Every
run sends something drawn to each of them; a complete run sends everything to everything.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from lxml import html
from wtforms import IntegerField

from reintegration.web import forms as web_forms
from reintegration.web.requires import WebPermission
from tests.factories.system import as_system
from tests.factories.vouchers import make_token
from tests.house import source
from tests.house.test_access import ask, fill, nothing_is_committed, somebody_who_may, walked
from tests.house.world import CASE_B, PROVIDER_B
from tests.sampling import drawn
from tests.web.test_api_document import OPERATIONS, body_schema, example_of

__all__ = ["nothing_is_committed", "walked"]


def cursor(*content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


GARBAGE = {
    "NUL": "a\x00b",
    "controls": "\x01\x1b[31m\x7f\x85",
    "only NUL": "\x00",
    "direction": "\u202eabc\u2066\u200f\ufeff\u00ad",
    "half a letter": "\ud800",
    "no letter": "\ufffe\U0001ffff",
    "percent": "%",
    "percents": "%00%0a%ff_\\",
    "10 kB": "я" * 10_240,
    "lines": "a\r\n\u2028\x0bb",
    "exponent": "1e9999999",
    "huge": str(10**30),
    "as many digits as Python reads": "9" * 5_000,
    "too many digits": "-" + "1" * 30 + "." + "0" * 30,
    "negative": "-1",
    "no number": "NaN",
    "year 0": "0000-01-01",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "no day": "2026-02-31",
    "id": "00000000-0000-0000-0000-000000000000",
    "quotes": "'\"<script>{{7*7}}",
    "cursor of another list": cursor("voucher created_at id", 0, "2026-01-01", "x"),
    "old cursor": "WzAsICJ4IiwgInkiXQ",
    "cursor of NUL": cursor("organisation name id", 0, "\x00", "\ud800"),
    "cursor of anything": cursor({"a": 1}, [2], None),
    "nested": base64.urlsafe_b64encode(b"[" * 3_000).decode(),
}
KEYS = {"csrf_token", "form_key"}
NOWHERE = "00000000-0000-0000-0000-00000000abcd"


@dataclass(frozen=True)
class Form:
    """A form of a page: who saw it, on which page, where it is sent, what a person would send."""

    person: str
    page: str
    action: str
    fields: tuple[tuple[str, str], ...]
    choices: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.action} by {self.person}"


def rules(app):
    return sorted(
        (one for one in app.url_map.iter_rules() if one.endpoint not in ("static", "openapi.spec")),
        key=lambda one: one.rule,
    )


def opened(app, world) -> Iterator[tuple[str | None, object, dict]]:
    """Yield each address that is read, with somebody who may and what is theirs."""
    for rule in rules(app):
        if "GET" not in rule.methods or rule.rule.startswith("/api/"):
            continue
        public = app.view_functions[rule.endpoint].permission is WebPermission.ANYONE
        person = None if public else somebody_who_may(app, world, rule, "GET")
        own = world.theirs if person in CASE_B | PROVIDER_B else world.mine
        yield person, rule, fill(app, rule, own, world if person else None, person or "")


def send(app, person, method, address, body=None):
    client = app.test_client()
    if person:
        client.set_cookie("punte-session", person)
    kind = "application/x-www-form-urlencoded" if body is not None else None
    return client.open(address, method=method, data=body, content_type=kind)


def encoded(value: str) -> str:
    return urlencode({"": value}, errors="surrogatepass")[1:]


@pytest.fixture(scope="module")
def addresses(walked):
    """Each address that is read: rule, values, and the session of somebody who may open it."""
    app, world = walked
    return [(rule, ids, world.tokens.get(person)) for person, rule, ids in opened(app, world)]


def test_no_word_of_an_address_breaks_a_page(walked, addresses):
    app, _world = walked
    words = sorted(source.query_words() - {"page"})
    broken = []
    for rule, ids, token in drawn(addresses, len(addresses) // 6, of="addresses with words"):
        plain = rule.build(ids, append_unknown=False)[1]
        for name, value in drawn(GARBAGE.items(), 1, of=f"words of {rule.rule}"):
            query = "&".join(f"{word}={encoded(value)}" for word in words)
            answer = send(app, token, "GET", f"{plain}?{query}")
            broken += [f"{rule.rule} {name}"] if answer.status_code >= 500 else []
    assert broken == []


def test_no_place_in_a_list_breaks_it_and_a_foreign_one_is_said_to_be_one(walked, addresses):
    app, _world = walked
    broken, lists = [], 0
    for rule, ids, token in addresses:
        plain = rule.build(ids, append_unknown=False)[1]
        if send(app, token, "GET", f"{plain}?page={GARBAGE['old cursor']}").status_code != 400:
            continue
        lists += 1
        for name, value in drawn(GARBAGE.items(), 1, of=f"place in {rule.rule}"):
            answer = send(app, token, "GET", f"{plain}?page={encoded(value)}")
            broken += [f"{rule.rule} {name}"] if answer.status_code not in (200, 400, 422) else []
    assert lists > 10
    assert broken == []


def test_no_part_of_an_address_breaks_a_page(walked, addresses):
    app, _world = walked
    broken = []
    for rule, ids, token in drawn(addresses, len(addresses) // 2, of="addresses with parts"):
        pairs = [(part, name) for part in sorted(rule.arguments) for name in GARBAGE]
        for part, name in drawn(pairs, 1, of=f"parts of {rule.rule}"):
            built = rule.build(ids | {part: NOWHERE}, append_unknown=False)[1]
            address = built.replace(NOWHERE, encoded(GARBAGE[name]))
            answer = send(app, token, "GET", address)
            broken += [f"{rule.rule} {part} {name}"] if answer.status_code >= 500 else []
    assert broken == []


def forms(app, world) -> list[Form]:
    """Return each form of the pages once."""
    found = {}
    for person, rule, ids in opened(app, world):
        answer = ask(app, world.tokens.get(person), "GET", rule, ids)
        if answer.status_code != 200 or answer.mimetype != "text/html" or not answer.data:
            continue
        page = html.fromstring(answer.get_data(as_text=True), base_url=answer.request.path)
        for form in page.forms:
            if form.method == "POST":
                action = form.action or answer.request.path
                said, choices = tuple(filled(form)), frozenset(choosing(form))
                one = Form(person or "", rule.rule, action, said, choices)
                found.setdefault((one.action, tuple(name for name, _ in one.fields)), one)
    return list(found.values())


def filled(form) -> Iterator[tuple[str, str]]:
    """Yield the fields of a form as a person fills it in."""
    chosen = set()
    for field in form.inputs:
        kind = field.get("type", field.tag)
        name = field.get("name")
        if not name or kind in {"submit", "button", "file"}:
            continue
        if kind in {"radio", "checkbox"}:
            if name not in chosen:
                yield name, field.get("value", "y")
            chosen.add(name)
        elif kind == "select":
            options = [one.get("value", "") for one in field.iter("option")]
            yield name, next((one for one in options if one), "")
        else:
            plausible = {"number": "1", "date": "2026-03-01", "email": "a@b.example"}
            yield name, field.value or plausible.get(kind, "12")


@pytest.fixture(scope="module")
def all_forms(walked) -> list[Form]:
    return forms(*walked)


def test_no_field_of_a_form_breaks_its_answer(walked, all_forms):
    app, world = walked
    broken, sent = [], 0
    for form in all_forms:
        # Drawn by the page: an address may carry a handle that is another in each run.
        of = f"{form.page} {len(form.fields)}"
        hit = [(name, drawn(form.fields, 1, of=f"{name} {of}")[-1][0]) for name in GARBAGE]
        for name, field in drawn(hit, 1, of=f"fields of {of}"):
            told = [(one, GARBAGE[name] if one == field else said) for one, said in form.fields]
            body = "&".join(f"{one}={encoded(said)}" for one, said in told)
            answer = send(app, world.tokens.get(form.person), "POST", form.action, body)
            sent += 1
            broken += [f"{form}: {name} in {field}"] if answer.status_code >= 500 else []
    assert sent > 100
    assert broken == []


def choosing(form) -> Iterator[str]:
    """Yield the names under which a form lets one choose."""
    for field in form.inputs:
        if field.get("name") and field.get("type", field.tag) in {"radio", "checkbox", "select"}:
            yield field.get("name")


def names_of(form) -> set[str]:
    """Return the names of the fields of a form."""
    return {one.get("name") for one in form.inputs}


def test_a_choice_that_nobody_made_is_asked_for_where_it_is_made(walked, all_forms):
    """Never by a page of its own that says it and has lost what was typed."""
    app, world = walked
    lost, refused = [], 0
    for form in all_forms:
        for missing in drawn(sorted(form.choices), 1, of=f"choices of {form.page}"):
            told = [(name, said) for name, said in form.fields if name != missing]
            body = "&".join(f"{name}={encoded(said)}" for name, said in told)
            answer = send(app, world.tokens.get(form.person), "POST", form.action, body)
            if answer.status_code < 400:
                continue
            refused += 1
            page = html.fromstring(answer.get_data(as_text=True))
            asked = [found for found in page.forms if missing in names_of(found)]
            kept = asked and dict(filled(asked[0]))
            gone = [
                name for name, said in told if name not in KEYS and kept and kept.get(name) != said
            ]
            if not asked or gone:
                lost.append(f"{form} without {missing}: {page.findtext('.//h1')} {gone}")
    assert refused > 20
    assert lost == []


@pytest.fixture(scope="module")
def program(walked):
    """The headers of a program of Rita's provider."""
    app, world = walked
    with as_system(app) as session:
        token = make_token(session, world.mine["provider_id"])[1]
        session.commit()
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": "garbage"}


def requests_of_programs() -> Iterator[tuple[str, str, str, dict]]:
    """Yield each operation with each of its fields broken once: method, path, what, and body."""
    for path, method, operation in OPERATIONS:
        for field in body_schema(operation)["properties"]:
            for name, value in drawn(GARBAGE.items(), 2, of=f"{method} {path} {field}"):
                yield method, path, f"{name} in {field}", example_of(operation) | {field: value}


def test_no_field_of_a_programs_request_breaks_its_answer(walked, program):
    client = walked[0].test_client()
    found = {
        f"{method} {path}: {what}": client.open(path, method=method, json=body, headers=program)
        for method, path, what, body in requests_of_programs()
    }
    assert found
    assert [what for what, answer in found.items() if answer.status_code >= 500] == []
    assert 401 not in {answer.status_code for answer in found.values()}


def kinds_of(form: type) -> Iterator[type]:
    """Yield each form that is made of this one."""
    for kind in form.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_each_whole_number_of_a_form_is_bounded(app):
    assert app.name
    unbounded = [
        f"{form.__name__}.{name}"
        for form in kinds_of(web_forms.Form)
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is IntegerField
    ]
    assert unbounded == []
