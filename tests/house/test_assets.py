"""What is vendored is what was built, with its licence; nothing comes from elsewhere."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask

STATIC = Path(__file__).parents[2] / "reintegration" / "static"
VENDOR = STATIC / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))
ENTRIES = MANIFEST["files"] if isinstance(MANIFEST, dict) else MANIFEST


def test_every_vendored_file_has_its_hash_and_licence():
    listed = {entry["file"] for entry in ENTRIES}
    present = {
        str(path.relative_to(VENDOR))
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "MANIFEST.json"
    }
    assert present == listed
    for entry in ENTRIES:
        content = (VENDOR / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
        assert entry["licence"]
        assert entry["source"]


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_styles_name_no_other_host_and_no_font_of_another_state(path):
    text = path.read_text(encoding="utf-8")
    assert "GDS Transport" not in text
    assert re.findall(r"url\(\s*['\"]?(?:https?:)?//", text) == []


def test_every_template_compiles(app: Flask):
    broken = []
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.endswith(".html")):
        if name.startswith("govuk_frontend_jinja/"):
            continue
        try:
            app.jinja_env.get_template(name)
        except Exception as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def test_no_template_carries_a_style_or_a_script_that_the_policy_refuses():
    found = []
    for path in (STATIC.parents[1] / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"<[a-z][^>]*\sstyle=", text) or re.search(r"\son[a-z]+=\"", text):
            found.append(str(path))
        if re.search(r"<script(?![^>]*nonce)", text):
            found.append(str(path))
    assert found == []


def test_components_come_by_the_one_name_and_no_page_imports_them():
    found = [
        str(path)
        for path in (STATIC.parents[1] / "templates").rglob("*.html")
        if re.search(r'(?:import|from) "components/(?!shell)', path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_component_that_does_not_exist_is_an_error_and_no_empty_place(app: Flask):
    with pytest.raises(AttributeError, match="no component is named crad"):
        app.jinja_env.globals["ui"].crad  # noqa: B018
