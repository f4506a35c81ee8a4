"""How claims and payments join the house."""

from flask import Flask

from reintegration.accounts.queries import users
from reintegration.cases.queries import cases
from reintegration.kernel import outbox, permissions
from reintegration.kernel.errors import N_
from reintegration.papers import holders
from reintegration.plans.queries import provision
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place
from vouchers.books.queries.month_checks import checks_of_month
from vouchers.books.services import laws as books_laws
from vouchers.payments.permissions import ClaimPermission as C
from vouchers.payments.permissions import PayeePermission, PaymentPermission
from vouchers.payments.policy import POLICY
from vouchers.payments.queries import case_history, month_checks, plan_money
from vouchers.payments.services import claim_papers, laws, payee_papers, rails, would_change
from vouchers.payments.states import HAPPENED
from vouchers.payments.views import (
    alone,
    batches,
    claim_documents,
    claims,
    open_work,
    own_claims,
    own_money,
    payees,
    reversals,
    statements,
    today,
)
from vouchers.payments.views.blueprints import batches_bp, claims_bp

PAGES = (batches, claim_documents, claims, own_claims, own_money)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, laws and rules."""
    permissions.register(POLICY)
    for blueprint in (claims_bp, batches_bp, payees.bp, reversals.bp, statements.bp):
        app.register_blueprint(blueprint)
    holders.register(claim_papers.HOLDER)
    holders.register(payee_papers.HOLDER)
    checks_of_month.answer_with(month_checks.checks)
    books_laws.keep(laws.LAWS, laws.RELATIONS)
    provision.money_of_case.answer_with(plan_money.money_of_case)
    users.waits_for.answer_with(alone.waits_for)
    rails.why_not_payable.answer_with(rails.switched_off)
    cases.happened_above.answer_with(case_history.payments_of)
    cases.show_in_history(HAPPENED)
    outbox.call("payee", N_("An account of a provider"))
    slots.add("provider.accounts", payees.card)
    slots.add("provider.accounts", statements.card)
    slots.add("ledger.of_provider", statements.of_filter)
    slots.add("today.items", today.items)
    slots.add("person.open_work", open_work.of_payments)
    slots.add("today.days", today.days)
    navigation.add(*_PLACES)


_PLACES = (
    Place(
        "payees.index", N_("Accounts of providers"), PayeePermission.LIST, 52, within=("payees.",)
    ),
    Place("claims.money", N_("Money"), C.LIST_OWN, 54, within=("claims.money_", "statements.")),
    Place(
        "claims.mine",
        N_("Claims"),
        C.LIST_OWN,
        55,
        count=today.count_disputed,
        waits={"show": "disputed"},
        within=("claims.mine_",),
    ),
    Place(
        "claims.index",
        N_("Claims"),
        C.LIST,
        55,
        count=today.count_claims,
        within=("claims.show", "claims.accept", "claims.dispute", "claims.refuse"),
    ),
    Place("batches.index", N_("Batches"), PaymentPermission.LIST, 60, within=("batches.",)),
)
