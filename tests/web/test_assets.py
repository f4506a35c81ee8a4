"""Static files: a name says the content, what is named is kept for a year, in the best encoding."""

import gzip
import re

import brotli
import pytest
from flask import url_for

from reintegration.web import asset_build
from reintegration.web.asset_build import BUILT, SOURCES, build
from reintegration.web.asset_names import sent_from

STYLE = "css/app.css"
NAMED = re.compile(r"/static/[\w./-]+\.[0-9a-f]{12}\.(?:css|js|svg|woff2)")


@pytest.fixture
def address(app):
    with app.test_request_context():
        return url_for("static", filename=STYLE)


@pytest.fixture
def folder(tmp_path):
    for name, content in {
        "css/a.css": 'p{src:url("../b.woff2")}q{src:url(data:,x)}',
        "b.woff2": "font",
        "js/c.js": 'import { d } from "./d.js"; await import("../e.js"); from "./no.js"',
        "js/d.js": "",
        "e.js": "1",
    }.items():
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).write_text(content)
    return tmp_path


def names(folder):
    return build(folder / "from", folder / "to")


def test_a_page_names_every_file_by_its_content(client):
    page = client.get("/account/sign-in").text
    assert re.findall(r"/static/[^\"']+", page) == NAMED.findall(page)
    assert len(set(NAMED.findall(page))) >= 5


def test_every_file_that_a_page_names_is_there(client):
    for address in NAMED.findall(client.get("/account/sign-in").text):
        assert client.get(address).status_code == 200, address


def test_what_is_named_by_its_content_may_be_kept_for_a_year(client, address):
    answer = client.get(address)
    kept = answer.headers["Cache-Control"]
    assert set(kept.split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "sent", "read"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("", None, bytes),
        ("identity", None, bytes),
    ],
)
def test_the_best_encoding_that_is_taken_is_sent(client, address, accepted, sent, read):
    answer = client.get(address, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == sent
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert read(answer.data) == sent_from(SOURCES)[STYLE].content


def test_each_encoding_has_a_tag_of_its_own_and_is_not_sent_twice(client, address):
    tags = [client.get(address, headers={"Accept-Encoding": e}).headers["ETag"] for e in ("br", "")]
    assert tags[0] != tags[1]
    again = client.get(address, headers={"Accept-Encoding": "br", "If-None-Match": tags[0]})
    assert again.status_code == 304


def test_a_file_asked_for_by_its_bare_name_is_asked_for_again_each_time(client):
    answer = client.get(f"/static/{STYLE}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["built", "../../app.py", "css/app.css.br", "css/app.000000000000.css", "%00.css"]
)
def test_nothing_else_is_sent(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_what_names_another_file_names_it_by_its_content_and_changes_with_it(folder):
    before = names(folder)
    style = (folder / "to" / before["css/a.css"]).read_text()
    assert f'url("../{before["b.woff2"]}")' in style
    assert "url(data:,x)" in style
    script = (folder / "to" / before["js/c.js"]).read_text()
    assert f'from "./{before["js/d.js"].removeprefix("js/")}"' in script
    assert f'import("../{before["e.js"]}")' in script
    assert '"./no.js"' in script
    (folder / "from" / "b.woff2").write_text("another font")
    after = names(folder)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"b.woff2", "css/a.css"}
    assert (folder / "to" / before["css/a.css"]).exists()  # for the page that is open


def test_what_is_built_is_not_built_again(folder, monkeypatch):
    first = names(folder)
    monkeypatch.setattr(asset_build, "_write", None)
    assert names(folder) == first


def test_all_that_is_sent_and_is_text_has_both_encodings(app):
    assert app
    for source, named in sent_from(SOURCES).items():
        smaller = [(BUILT / (named.name + ending)).is_file() for ending in (".br", ".gz")]
        assert smaller == [not source.endswith(".woff2")] * 2, source
