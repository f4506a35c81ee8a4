"""How the rulebook joins the house."""

from flask import Flask

from reintegration.kernel import jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.rulebook.jobs import LAPSE
from reintegration.rulebook.permissions import RulePermission
from reintegration.rulebook.policy import POLICY
from reintegration.rulebook.views import bp, installation, rules, today
from reintegration.rulebook.views.rule_text import rule_says
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place

PAGES = (installation, rules)
"""Importing them adds their addresses."""


def register(app: Flask) -> None:
    """Add pages, rules and jobs."""
    permissions.register(POLICY)
    app.register_blueprint(bp)
    app.jinja_env.globals["rule_says"] = rule_says
    jobs.register(LAPSE)
    slots.add("today.items", today.items)
    navigation.add(Place("rules.index", N_("Rules"), RulePermission.READ, 87, within=("rules.",)))
