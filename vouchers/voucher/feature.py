"""How vouchers join the house."""

from datetime import timedelta

from flask import Flask

from providers.referrals.services.referral_events import ReferralEnded
from providers.vetting.services.offering_events import (
    OfferingReinstated,
    OfferingsLapsed,
    OfferingSuspended,
)
from reintegration.accounts.permissions import AccountPermission
from reintegration.cases.queries import cases
from reintegration.cases.services import case_moves
from reintegration.cases.services.consent import ConsentsLapsed, ConsentWithdrawn
from reintegration.cases.services.erasure import PersonErased
from reintegration.kernel import crypto, hooks, jobs, permissions, sealed
from reintegration.kernel.errors import N_
from reintegration.plans.queries import provision
from reintegration.plans.services.emergency_decision import EmergencyRefused
from reintegration.web import api as programs
from reintegration.web import navigation, slots
from reintegration.web.navigation import Place
from vouchers.books.queries import journal
from vouchers.books.queries.commitments import commitments_of_month
from vouchers.books.queries.cut_off import behind_of_month
from vouchers.books.queries.month_checks import checks_of_month
from vouchers.books.services import laws as books_laws
from vouchers.voucher import api
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import RedemptionPermission as R
from vouchers.voucher.permissions import VoucherPermission as P
from vouchers.voucher.policy import POLICY
from vouchers.voucher.queries import commitments, cut_off, exposure, month_checks
from vouchers.voucher.queries.vouchers import called, references_of
from vouchers.voucher.services import expiry, laws, reactions, would_change
from vouchers.voucher.states import HAPPENED
from vouchers.voucher.views import (
    holds,
    issuing,
    plan_slots,
    printing,
    redeem,
    today,
    tokens,
    unconfirmed,
    vouchers,
)
from vouchers.voucher.views.blueprints import redeem_bp, vouchers_bp

PAGES = (holds, issuing, printing, redeem, tokens, unconfirmed, vouchers)
"""Importing them adds their addresses."""
PREVIEWS = (would_change,)
"""Importing it says what another value of a rule would change."""


def register(app: Flask) -> None:
    """Add pages, the API, jobs, hooks, laws and rules."""
    permissions.register(POLICY)
    sealed.register(crypto.PRINTED, Voucher.print_sealed, Voucher.id)
    programs.add(app, api.bp)
    for blueprint in (redeem_bp, vouchers_bp):
        app.register_blueprint(blueprint)
    jobs.register(jobs.Job("vouchers.expire", timedelta(minutes=1), expiry.expire_due))
    warn = jobs.counting(expiry.warn_ahead, "ends of vouchers told ahead")
    jobs.register(jobs.Job("vouchers.warn_of_end", timedelta(days=1), warn))
    checks_of_month.answer_with(month_checks.checks)
    commitments_of_month.answer_with(commitments.of_month)
    behind_of_month.answer_with(cut_off.deliveries)
    books_laws.keep(laws.LAWS, laws.RELATIONS)
    _answer()
    _listen()
    _fill_slots()
    cases.show_in_history(HAPPENED)
    navigation.add(*_PLACES)


def _answer() -> None:
    """Answer what the books, plans and cases ask about vouchers."""
    journal.voucher_references.answer_with(references_of)
    journal.vouchers_called.answer_with(called)
    provision.promised_on.answer_with(exposure.promised_on)
    provision.units_promised_on.answer_with(exposure.units_promised_on)
    provision.open_on_line.answer_with(plan_slots.open_on_line)
    case_moves.open_in_case.answer_with(plan_slots.open_in_case)


def _listen() -> None:
    """Stop, free and revive vouchers when what they stand on changes."""
    hooks.subscribe(
        OfferingSuspended, reactions.offering_suspended, preview=reactions.would_suspend
    )
    hooks.subscribe(
        ReferralEnded, reactions.referral_ended, preview=reactions.would_end_with_referral
    )
    hooks.subscribe(PersonErased, reactions.forget_words, preview=hooks.says_nothing)
    hooks.subscribe(OfferingsLapsed, reactions.offerings_lapsed, preview=reactions.would_lapse)
    hooks.subscribe(
        OfferingReinstated, reactions.offering_reinstated, preview=reactions.would_resume
    )
    hooks.subscribe(
        ConsentWithdrawn, reactions.consent_ended, preview=reactions.would_cancel_on_consent
    )
    hooks.subscribe(
        ConsentsLapsed, reactions.consent_ended, preview=reactions.would_cancel_on_consent
    )
    hooks.subscribe(
        EmergencyRefused, reactions.emergency_refused, preview=reactions.would_cancel_emergency
    )


def _fill_slots() -> None:
    """Show vouchers where plans, cases and everyone's day have room for them."""
    slots.add("plan_line.actions", plan_slots.line_actions)
    slots.add("referral.vouchers", plan_slots.of_referral)
    slots.add("request.vouchers", plan_slots.of_request)
    slots.add("emergency.actions", plan_slots.emergency_actions)
    slots.add("today.items", today.items)
    slots.add("decisions.queues", today.decisions)
    slots.add("decisions.to_decide", today.to_decide)
    slots.add("today.days", today.days)
    slots.add("today.first", today.desk)


_PLACES = (
    Place("vouchers.index", N_("Vouchers"), P.LIST, 40, within=("vouchers.show",)),
    Place(
        "vouchers.unconfirmed",
        N_("Unconfirmed"),
        R.LIST_UNCONFIRMED,
        41,
        count=today.count_unconfirmed,
    ),
    Place(
        "redeem.find",
        N_("Redeem"),
        R.RECORD,
        45,
        within=("redeem.show", "redeem.show", "redeem.without_pin"),
    ),
    Place(
        "redeem.recent",
        N_("Recorded"),
        R.LIST_OWN,
        46,
        within=("redeem.receipt", "reversals.at_desk"),
    ),
    Place(
        "redeem.tokens",
        N_("Programs and devices"),
        AccountPermission.MANAGE_TOKENS,
        94,
        within=("redeem.token",),
    ),
)
