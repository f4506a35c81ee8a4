"""How the books join the house."""

from flask import Flask

from reintegration.kernel import jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place
from vouchers.books.cli import ledger_cli
from vouchers.books.jobs import LEDGER_CHECK
from vouchers.books.permissions import FundPermission, LedgerPermission
from vouchers.books.policy import POLICY
from vouchers.books.services import laws
from vouchers.books.views import budget_lines, exchange, funds, ledger, plan_slots

PAGES = (budget_lines, exchange, funds, ledger)
"""Importing them adds their addresses; funds, lines and exchange share one part."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs, laws and rules."""
    permissions.register(POLICY)
    laws.keep(laws.LAWS)
    jobs.register(LEDGER_CHECK)
    app.cli.add_command(ledger_cli)
    for blueprint in (funds.bp, ledger.bp):
        app.register_blueprint(blueprint)
    slots.add("plan.budget_lines", plan_slots.budget_lines)
    for place in _PLACES:
        navigation.add(place)


_PLACES = (
    Place("funds.fund_list", N_("Funds"), FundPermission.VIEW, 70, within=("funds.",)),
    Place("ledger.journal", N_("Ledger"), LedgerPermission.READ, 75, within=("ledger.",)),
)
