"""What the documents name is there: files, commands, settings, symbols, pages and buttons."""

import ast
import json
import os
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest
from flask import Flask

from reintegration import faults, settings
from tests.translations import extracted

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
TABLE = ROOT / "docs" / "operations.md"
HOW_TO = ROOT / "docs" / "how-to-add-a-feature.md"
EXAMPLE = ROOT / "deploy" / "punte.env.example"
PATH = re.compile(r"[\w.-]+(?:/[\w.*-]+)+/?|[\w-]+\.(?:py|md|html|toml|scss|js|json|sh|lock)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)?)`")
COMMAND = re.compile(r"\bflask (?:--app wsgi )?([a-z][^#|…\"')]*)")
SETTING = re.compile(r"\b(?:PUNTE|STRIPE|DATABASE|SECRET|SMTP)_[A-Z][A-Z_]*|\bPORT\b")
MADE = {"__pycache__", "instance", "node_modules"}
MADE_WHEN_RUN = (
    "instance/",
    ".venv/",
    "postgres/",
    "bench/results.json",
    "secrets.json",
    "manifest.json",
)
WORDS_OF_THE_TABLES = {"library", "asset", "---"}
NOT_OURS = {"routes", "run", "shell", "spec"}


@cache
def files() -> list[str]:
    """Return what is here, without what is made, by its path from the root."""
    names = []
    for folder, folders, inside in os.walk(ROOT):
        folders[:] = [one for one in folders if one not in MADE and not one.startswith(".")]
        names += [str((Path(folder) / one).relative_to(ROOT)) for one in inside]
    return names


def documents() -> list[Path]:
    return [ROOT / name for name in files() if name.endswith(".md")]


def each_document(function):
    return pytest.mark.parametrize(
        "path", documents(), ids=lambda path: str(path.relative_to(ROOT))
    )(function)


@each_document
def test_every_link_leads_somewhere(path):
    broken = []
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if "://" in target:
            continue
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


@each_document
def test_every_path_in_backticks_is_there(path):
    names = [name for name in CODE.findall(path.read_text(encoding="utf-8")) if is_path(name)]
    assert [name for name in names if not is_there(name)] == []


@each_document
def test_every_test_that_holds_something_is_there(path):
    named = TEST.findall(path.read_text(encoding="utf-8"))
    assert [name for name in named if not is_a_test(name)] == []


@each_document
def test_every_command_is_there(app: Flask, path):
    wrong = [line for line in commands_in(path.read_text(encoding="utf-8")) if refuses(app, line)]
    assert wrong == []


def test_every_command_of_ours_stands_in_the_readme(app: Flask):
    named = {" ".join(words(line)) for line in commands_in((ROOT / "README.md").read_text())}
    ours = set()
    for name, command in app.cli.commands.items():
        if isinstance(command, click.Group) and name != "db":
            ours |= {f"{name} {below}" for below in command.commands}
        elif name not in NOT_OURS | {"db"}:
            ours.add(name)
    assert {one for one in ours if not any(line.startswith(one) for line in named)} == set()


def test_every_make_target_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set()
    for path in documents():
        for code in CODE.findall(path.read_text(encoding="utf-8")):
            named |= set(re.findall(r"^make ([a-z]+)", code))
    assert named
    assert named - targets == set()


def test_documents_name_the_settings_that_are_read():
    read = settings_read()
    named = {name for path in documents() for name in settings_in(path)}
    assert named - read == set()
    assert read - settings_in(TABLE) - unused() == set()


def test_the_example_names_what_production_needs():
    given = set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))
    assert given - settings_read() == set()
    assert {"PUNTE_MODE", *faults.REQUIRED_IN_PRODUCTION} - given == set()


def test_every_library_has_its_line_and_every_line_its_library():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    package = json.loads((ROOT / "assets" / "package.json").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    declared = {re.match(r"[\w-]+", one)[0] for one in asked} | set(package["devDependencies"])
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    listed = {name for cell in lines for name in re.findall(r"@?[\w./-]+", cell)}
    assert declared - listed == set()
    assert listed - declared - WORDS_OF_THE_TABLES == set()


def test_the_walk_through_a_feature_names_only_what_is_there():
    source = "\n".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in files()
        if name.endswith((".py", ".html", ".toml")) or name == "Makefile"
    )
    known = set(re.findall(r"\w+", source))
    text = HOW_TO.read_text(encoding="utf-8")
    codes = [code for code in CODE.findall(text) if not is_path(code)]
    quoted = [code for code in codes if re.fullmatch(r"[\w.]+(\(\))?", code)]
    quoted += re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    missing = {
        word for code in quoted for word in re.findall(r"[A-Za-z_]\w*", code) if word not in known
    }
    assert missing == set()


@pytest.mark.parametrize("path", sorted(GUIDES.glob("*.md")), ids=lambda path: path.name)
def test_guides_name_pages_and_buttons_as_they_are(path):
    bold = re.findall(r"\*\*([^*]+)\*\*", path.read_text(encoding="utf-8"))
    assert [name for name in bold if not is_said(" ".join(name.split()))] == []


def test_the_checks_above_can_fail(app: Flask):
    assert refuses(app, "ledger mend")
    assert refuses(app, "bank import FILE --never")
    assert not refuses(app, "bank import FILE --dry-run")
    assert is_path("vouchers/nowhere.py")
    assert not is_there("vouchers/nowhere.py")
    assert not is_said("Press any key")


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def is_path(name: str) -> bool:
    return bool(PATH.fullmatch(name)) and not name.startswith(MADE_WHEN_RUN)


def is_there(name: str) -> bool:
    """Whether it is a file or a folder here, or a template by the name that Jinja knows."""
    bare = name.rstrip("/")
    if "*" in bare:
        return any(ROOT.glob(bare))
    if "/" not in bare:
        return any(Path(listed).name == bare for listed in files())
    return any((root / bare).exists() for root in (ROOT, ROOT / "templates"))


def is_a_test(name: str) -> bool:
    """Whether a test is there by its file and its name; a file alone holds by all of its tests."""
    file, _, test = name.partition("::")
    return (ROOT / file).exists() and (not test or test in named_tests(file))


@cache
def named_tests(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def commands_in(text: str) -> list[str]:
    codes = CODE.findall(text)
    codes += [line.strip() for line in text.split("\n") if line.startswith("    ")]
    return [found.strip() for code in codes for found in COMMAND.findall(code)]


def words(line: str) -> list[str]:
    return [word for word in shlex.split(line) if re.fullmatch(r"[a-z]+", word)]


def refuses(app: Flask, line: str) -> bool:
    command: click.Command = app.cli
    for word in shlex.split(line):
        if isinstance(command, click.Group):
            found = command.commands.get(word)
            if found is None:
                return True
            command = found
        elif word.startswith("--"):
            known = {option for param in command.params for option in param.opts}
            if word.partition("=")[0] not in known:
                return True
    return False


def settings_in(path: Path) -> set[str]:
    return set(SETTING.findall(path.read_text(encoding="utf-8")))


def settings_read() -> set[str]:
    sources = [Path(one.__file__).read_text(encoding="utf-8") for one in (settings, faults)]
    texts = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
    }
    return {text for text in texts if isinstance(text, str) and SETTING.fullmatch(text)}


def unused() -> set[str]:
    """Settings that are read and not used yet: the table leaves them out until they are."""
    used = "".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in files()
        if name.endswith(".py")
        and not name.startswith("tests/")
        and ROOT / name not in {Path(settings.__file__), Path(faults.__file__)}
    )
    return {
        name for name in settings_read() if name.startswith("STRIPE") and name.lower() not in used
    }


@cache
def said() -> list[re.Pattern[str]]:
    """Return what the interface says, with anything in place of a parameter."""
    return [
        re.compile(re.sub(r"%\\?\((\w+)\\?\)[sd]", ".+", re.escape(" ".join(text.split()))))
        for text in extracted_texts()
    ]


@cache
def extracted_texts() -> tuple[str, ...]:
    """Return every text of the interface as it stands in the code, the plural too."""
    return tuple(text for message in extracted() for text in _texts(message.id) if text)


def is_said(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in said())


def _texts(key) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)


def test_the_guide_of_finance_comes_to_the_account_before_the_fund():
    said = (GUIDES / "finance.md").read_text(encoding="utf-8")
    assert said.index("**Our bank accounts**, **Add an account**") < said.index("**Open a fund**")
