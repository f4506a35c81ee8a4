"""How the Stripe rail joins the house."""

from flask import Flask

from reintegration.kernel import jobs, outbox, permissions
from reintegration.kernel.errors import N_
from reintegration.settings import Settings
from reintegration.web import credentials, navigation, slots
from reintegration.web.navigation import Place
from vouchers.bank.services import endings
from vouchers.books.queries.cut_off import behind_of_month
from vouchers.books.services import laws as books_laws
from vouchers.payments.services import rails
from vouchers.payments.states import Rail
from vouchers.stripe_rail import doctor, gateway, models
from vouchers.stripe_rail.channels import accounts as account_channel
from vouchers.stripe_rail.channels import events, sweeps
from vouchers.stripe_rail.channels import reversals as reversal_channel
from vouchers.stripe_rail.channels import transfers as transfer_channel
from vouchers.stripe_rail.credential import SIGNED_BY_STRIPE
from vouchers.stripe_rail.jobs import JOBS
from vouchers.stripe_rail.permissions import StripePermission
from vouchers.stripe_rail.policy import POLICY
from vouchers.stripe_rail.queries import balance as balance_queries
from vouchers.stripe_rail.queries import cut_off, payable
from vouchers.stripe_rail.services import laws, transfers
from vouchers.stripe_rail.views import (
    account_slots,
    account_today,
    accounts,
    balance,
    balance_today,
    door,
    messages,
    messages_today,
    order_slots,
    orders,
    orders_today,
    ways,
)

TABLES = (models,)
"""Importing them declares their tables."""


def register(app: Flask) -> None:
    """Add the tables, the ways out, and the way to Stripe where a key is set."""
    settings: Settings = app.extensions["settings"]
    permissions.register(POLICY)
    app.extensions["stripe"] = gateway.from_settings(settings)
    rails.switch(Rail.STRIPE_TRANSFER, gateway.is_on)
    transfers.wants_live.answer_with(lambda _session: gateway.moves_real_money())
    rails.why_not_payable.answer_with(payable.why_not)
    endings.other_sides.answer_with(balance_queries.other_side)
    ways_out = account_channel.channel(), transfer_channel.channel(), reversal_channel.channel()
    for channel in (events.CHANNEL, sweeps.channel(), *ways_out):
        outbox.register(channel)
    for job in JOBS:
        jobs.register(job)
    behind_of_month.answer_with(cut_off.lines)
    books_laws.keep(laws.LAWS)
    credentials.register(SIGNED_BY_STRIPE)
    app.extensions["csrf"].exempt(door.bp)
    app.before_request(door.only_where_it_is_set_up)
    for blueprint in (accounts.bp, door.bp, messages.bp, ways.bp, orders.bp, balance.bp):
        app.register_blueprint(blueprint)
    for name, panel in _SLOTS:
        slots.add(name, panel)
    navigation.add(
        Place(
            "stripe_ways.index",
            N_("How money can travel"),
            StripePermission.VIEW_WAYS,
            69,
            within=("stripe_ways.", "stripe_messages."),
        )
    )
    for endpoint, start in _BELONGS:
        navigation.widen(endpoint, start)


_BELONGS = (
    ("batches.index", "stripe_orders."),
    ("bank.index", "stripe_balance."),
    ("payees.index", "stripe_accounts."),
    ("claims.mine", "stripe_accounts."),
)
"""Where in the navigation pages stand that are reached from pages of others."""
_SLOTS = (
    ("provider.accounts", account_slots.card),
    ("payee.account", account_slots.of_payee),
    ("own_claims.beside", account_slots.own_payouts),
    ("today.items", account_today.items),
    ("today.items", messages_today.items),
    ("today.items", orders_today.items),
    ("today.items", balance_today.items),
    ("bank.proofs", balance.proof_card),
    ("stripe.facts", ways.facts),
    ("stripe.facts", balance.facts),
    ("doctor.checks", doctor.look),
    ("payment_order.steps", order_slots.steps),
    ("payment_orders.standing", order_slots.standing),
    ("payment_order.failure", order_slots.failure),
    ("payment_order.actions", order_slots.actions),
    ("payment_order.cards", order_slots.cards),
)
