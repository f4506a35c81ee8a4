"""How vouchers join the house."""

from datetime import timedelta

from flask import Flask

import vouchers.models  # noqa: F401
from providers.vetting.services.offering_events import OfferingReinstated, OfferingSuspended
from reintegration.cases.services.consent import ConsentWithdrawn
from reintegration.kernel import hooks, jobs, permissions
from reintegration.kernel.errors import N_
from reintegration.plans.services.emergency_decision import EmergencyRefused
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place
from vouchers import api
from vouchers.cli.bank import bank_cli
from vouchers.cli.ledger import ledger_cli
from vouchers.jobs.ledger import LEDGER_CHECK
from vouchers.permissions import (
    BankPermission,
    ClaimPermission,
    FundPermission,
    LedgerPermission,
    PaymentPermission,
    RedemptionPermission,
    VoucherPermission,
)
from vouchers.policy import POLICY
from vouchers.services import bank_tasks, closing, reactions
from vouchers.views import (
    bank,
    bank_accounts,
    bank_imports,
    batches,
    claims,
    exchange,
    issuing,
    ledger,
    own_claims,
    panels,
    payment_panels,
    plan_slots,
    printing,
    redeem,
    tokens,
    unconfirmed,
)
from vouchers.views import vouchers as voucher_pages
from vouchers.views.blueprints import bank_bp, batches_bp, claims_bp, redeem_bp, vouchers_bp

VOUCHER_PAGES = (issuing, printing, redeem, tokens, unconfirmed, voucher_pages)
PAYMENT_PAGES = (bank, bank_accounts, bank_imports, batches, claims, own_claims)
"""Importing them adds their addresses."""


def register(app: Flask) -> None:
    """Add pages, commands and rules."""
    permissions.register(POLICY)
    api.register(app)
    _listen()
    jobs.register(jobs.Job("vouchers.expire", timedelta(minutes=1), closing.expire_due))
    jobs.register(LEDGER_CHECK)
    app.cli.add_command(ledger_cli)
    plan_slots.register()
    for bp in (exchange.bp, ledger.bp):  # the pages of `budget_lines` stand on the same one
        app.register_blueprint(bp)
    for bp in (redeem_bp, vouchers_bp):
        app.register_blueprint(bp)
    _fill_slots()
    for bp in (claims_bp, batches_bp, bank_bp):
        app.register_blueprint(bp)
    jobs.register_task(bank_tasks.IMPORT, bank_tasks.run_import)
    app.cli.add_command(bank_cli)
    for place in (*_VOUCHER_PLACES, *_PAYMENT_PLACES, *_MONEY_PLACES):
        navigation.add(place)


def _fill_slots() -> None:
    """Show vouchers where plans, cases and everyone's day have room for them."""
    slots.add("plan_line.actions", panels.line_actions)
    slots.add("case.exposure", panels.case_exposure)
    slots.add("emergency.actions", panels.emergency_actions)
    slots.add("today.items", panels.today_items)
    slots.add("today.items", payment_panels.today_items)


_VOUCHER_PLACES = (
    Place("vouchers.index", N_("Vouchers"), VoucherPermission.LIST, 40, within=("vouchers.show",)),
    Place(
        "vouchers.unconfirmed",
        N_("Unconfirmed"),
        RedemptionPermission.LIST_UNCONFIRMED,
        41,
        count=panels.count_unconfirmed,
    ),
    Place(
        "redeem.find",
        N_("Redeem"),
        RedemptionPermission.RECORD,
        45,
        within=("redeem.show", "redeem.record", "redeem.without_pin"),
    ),
    Place(
        "redeem.recent",
        N_("Recorded"),
        RedemptionPermission.LIST_OWN,
        46,
        within=("redeem.receipt", "redeem.reverse"),
    ),
    Place(
        "redeem.tokens",
        N_("Programs and devices"),
        RedemptionPermission.MANAGE_TOKENS,
        94,
        within=("redeem.token",),
    ),
)


_PAYMENT_PLACES = (
    Place(
        "claims.mine",
        N_("Claims"),
        ClaimPermission.LIST_OWN,
        55,
        count=payment_panels.count_disputed,
        within=("claims.mine_",),
    ),
    Place(
        "claims.index",
        N_("Claims"),
        ClaimPermission.LIST,
        55,
        count=payment_panels.count_claims,
        within=("claims.show", "claims.accept", "claims.dispute", "claims.refuse"),
    ),
    Place("batches.index", N_("Batches"), PaymentPermission.LIST, 60, within=("batches.",)),
    Place(
        "bank.index",
        N_("Reconciliation"),
        BankPermission.LIST,
        65,
        count=payment_panels.count_lines,
        within=("bank.",),
    ),
)

_MONEY_PLACES = (
    Place("funds.fund_list", N_("Funds"), FundPermission.VIEW, 70, within=("funds.",)),
    Place("ledger.journal", N_("Ledger"), LedgerPermission.READ, 75, within=("ledger.",)),
)


def _listen() -> None:
    """Stop, free and revive vouchers when what they stand on changes."""
    hooks.subscribe(
        OfferingSuspended, reactions.offering_suspended, preview=reactions.would_suspend
    )
    hooks.subscribe(
        OfferingReinstated, reactions.offering_reinstated, preview=reactions.would_resume
    )
    hooks.subscribe(
        ConsentWithdrawn, reactions.consent_withdrawn, preview=reactions.would_cancel_on_consent
    )
    hooks.subscribe(
        EmergencyRefused, reactions.emergency_refused, preview=reactions.would_cancel_emergency
    )
