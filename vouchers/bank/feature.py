"""How the bank joins the house."""

from flask import Flask

from reintegration.kernel import jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.kernel.tasks import register_task
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place
from vouchers.bank.cli import bank_cli
from vouchers.bank.jobs import FORGET_FILES
from vouchers.bank.permissions import BankPermission as P
from vouchers.bank.policy import POLICY
from vouchers.bank.queries import cut_off, month_checks
from vouchers.bank.queries.bank import matches_so_far, references_of
from vouchers.bank.services import tasks, would_change
from vouchers.bank.views import (
    answer_slots,
    bank,
    bank_accounts,
    bank_answers,
    bank_imports,
    columns,
    endings,
    today,
)
from vouchers.bank.views.blueprint import bank_bp
from vouchers.books.queries.cut_off import behind_of_month
from vouchers.books.queries.month_checks import checks_of_month
from vouchers.payments.queries import statements
from vouchers.payments.services import settlement

PAGES = (bank, endings, bank_accounts, bank_answers, bank_imports, columns)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, commands, jobs, tasks and rules."""
    permissions.register(POLICY)
    app.register_blueprint(bank_bp)
    app.cli.add_command(bank_cli)
    jobs.register(FORGET_FILES)
    register_task(tasks.IMPORT, tasks.run_import)
    settlement.matches_so_far.answer_with(matches_so_far)
    statements.bank_references.answer_with(references_of)
    checks_of_month.answer_with(month_checks.checks)
    behind_of_month.answer_with(cut_off.lines)
    slots.add("today.items", today.items)
    slots.add("today.days", today.days)
    slots.add("payment_batch.cards", answer_slots.card)
    slots.add("payment_order.answers", answer_slots.steps)
    slots.add("payment_order.failure", answer_slots.failure)
    navigation.add(
        Place(
            "bank.index",
            N_("Reconciliation"),
            P.LIST,
            65,
            count=today.count_lines,
            within=("bank.",),
        )
    )
