"""How the books join the house."""

from flask import Flask

from reintegration.kernel import jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.plans.queries import provision
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place
from vouchers.books.cli import ledger_cli
from vouchers.books.jobs import LEDGER_CHECK, LEDGER_SWEEP
from vouchers.books.permissions import FundPermission, LedgerPermission
from vouchers.books.policy import POLICY
from vouchers.books.services import laws
from vouchers.books.views import budget_lines, exchange, funds, ledger, plan_budget, today

PAGES = (budget_lines, exchange, funds, ledger)
"""Importing them adds their addresses; funds, lines and exchange share one part."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs, laws and rules."""
    permissions.register(POLICY)
    laws.keep(laws.LAWS, laws.RELATIONS)
    slots.add("today.items", today.items)
    slots.add("today.days", today.days)
    jobs.register(LEDGER_CHECK)
    jobs.register(LEDGER_SWEEP)
    app.cli.add_command(ledger_cli)
    for blueprint in (funds.bp, ledger.bp):
        app.register_blueprint(blueprint)
    provision.budget_lines_to_plan_with.answer_with(plan_budget.budget_lines)
    provision.budget_lines_called.answer_with(plan_budget.called)
    navigation.add(*_PLACES)


_PLACES = (
    Place("funds.fund_list", N_("Funds"), FundPermission.VIEW, 70, within=("funds.",)),
    Place("ledger.journal", N_("Ledger"), LedgerPermission.READ, 75, within=("ledger.",)),
)
