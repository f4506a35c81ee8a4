"""The simulator stands apart: from the product, and from the client that it answers."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAKEN_FROM_STRIPE = {"RequestOptions", "WebhookSignature", "params", "core"}


def imported():
    """Yield (module, name) of every import under tools/."""
    for path in sorted((ROOT / "tools").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((one.name, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module, one.name) for one in node.names)


def test_the_simulator_knows_nothing_of_the_product_and_no_behaviour_of_the_client():
    found = list(imported())
    known = sys.stdlib_module_names | {"tools", "stripe"}
    assert {module.split(".")[0] for module, _name in found} - known == {
        "jinja2",
        "pydantic",
        "typing_extensions",
        "werkzeug",
    }
    assert {name for module, name in found if module.split(".")[0] == "stripe"} == TAKEN_FROM_STRIPE
