"""How the books join the house."""

from flask import Flask

from reintegration.kernel import jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.plans.queries import provision
from reintegration.web import bringing, navigation, slots
from reintegration.web.bringing_commands import import_command
from reintegration.web.navigation import Place
from vouchers.books.cli import ABOUT_IMPORT, books_cli, ledger_cli
from vouchers.books.jobs import ADD_MONTHS, LEDGER_CHECK, LEDGER_SWEEP
from vouchers.books.permissions import FundPermission, LedgerPermission
from vouchers.books.policy import POLICY
from vouchers.books.services import laws
from vouchers.books.views import (
    budget_lines,
    exchange,
    funds,
    ledger,
    opening,
    period_closes,
    period_files,
    periods,
    plan_budget,
    today,
)

PAGES = (budget_lines, exchange, funds, ledger, opening, period_closes, period_files, periods)
"""Importing them adds their addresses; funds, lines and exchange share one part."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs, laws and rules."""
    permissions.register(POLICY)
    laws.keep(laws.LAWS, laws.RELATIONS)
    slots.add("today.items", today.items)
    slots.add("today.days", today.days)
    jobs.register(LEDGER_CHECK)
    jobs.register(LEDGER_SWEEP)
    jobs.register(ADD_MONTHS)
    bringing.register(opening.BOOKS)
    books_cli.add_command(import_command(opening.BOOKS, ABOUT_IMPORT))
    for commands in (ledger_cli, books_cli):
        app.cli.add_command(commands)
    for blueprint in (funds.bp, ledger.bp, periods.bp, opening.bp, opening.import_bp):
        app.register_blueprint(blueprint)
    provision.budget_lines_to_plan_with.answer_with(plan_budget.budget_lines)
    provision.budget_lines_called.answer_with(plan_budget.called)
    provision.budget_line_codes.answer_with(plan_budget.codes)
    navigation.add(*_PLACES)


_PLACES = (
    Place(
        "funds.fund_list",
        N_("Funds"),
        FundPermission.VIEW,
        70,
        within=("funds.", "opening.", "books_import."),
    ),
    Place(
        "ledger.journal", N_("Ledger"), LedgerPermission.READ, 75, within=("ledger.", "periods.")
    ),
)
