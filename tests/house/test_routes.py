"""Every address says what it needs, and reading changes nothing."""

import ast

import pytest
from flask import Flask

from reintegration.kernel import permissions
from reintegration.web.pages import Pages
from reintegration.web.requires import deny_unmarked

WITHOUT_PERMISSION = {"static", "openapi.spec"}
ENDS_A_LOST_RACE = {"redemption.py"}  # its docstring says why


def endpoints(app: Flask):
    return {
        rule.endpoint: (rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in WITHOUT_PERMISSION
    }


def test_every_endpoint_names_a_permission_that_has_a_policy(app: Flask):
    policy = permissions.registered()
    without = [
        endpoint
        for endpoint, (_, view) in endpoints(app).items()
        if getattr(view, "permission", None) not in policy
    ]
    assert without == []


def test_get_endpoints_do_not_commit(app: Flask):
    committing = [
        endpoint
        for endpoint, (rule, view) in endpoints(app).items()
        if "GET" in rule.methods and _writes(view)
    ]
    assert committing == []


def test_endpoints_that_write_commit_or_roll_back(app: Flask):
    loose = [
        endpoint
        for endpoint, (rule, view) in endpoints(app).items()
        if rule.methods & {"POST", "PUT", "PATCH", "DELETE"} and not _writes(view)
    ]
    assert loose == []


def test_every_feature_declares_its_addresses_by_pages(app: Flask):
    others = {name for name, one in app.blueprints.items() if not isinstance(one, Pages)}
    assert {name for name in others if not name.startswith("api_")} == {"openapi"}


def test_identifiers_in_addresses_are_typed(app: Flask):
    untyped = [
        rule.rule
        for rule, _ in endpoints(app).values()
        for name in rule.arguments
        if name.endswith("_id") and f"<uuid:{name}>" not in rule.rule
    ]
    assert untyped == []


def test_an_endpoint_without_a_permission_is_denied():
    bare = Flask("bare")
    bare.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert bare.test_client().get("/forgotten").status_code == 200
    guarded = Flask("guarded")
    deny_unmarked(guarded)
    guarded.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert guarded.test_client().get("/forgotten").status_code == 404


@pytest.mark.parametrize("call", ["commit", "rollback"])
def test_services_and_views_leave_the_transaction_to_the_edge(call: str):
    import providers
    import reintegration.accounts
    import reintegration.plans
    import vouchers

    found = []
    for package in (reintegration.accounts, reintegration.plans, providers, vouchers):
        for path in sorted(_modules(package)):
            if path.name in {"cli.py", *ENDS_A_LOST_RACE} or "cli" in path.parts:
                continue
            found += [
                f"{path.name}:{node.lineno}"
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == call
            ]
    assert found == []


def _writes(view) -> bool:
    while view is not None:
        if getattr(view, "writes", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def _modules(package):
    from pathlib import Path

    return Path(package.__path__[0]).rglob("*.py")


def test_the_checks_above_can_fail():
    from reintegration.web.transactional import transactional

    assert _writes(transactional(lambda: "x"))
    assert not _writes(lambda: "x")
