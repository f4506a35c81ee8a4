"""Payment batches: prepared, approved and released by three people; the file of each."""

import io
from collections.abc import Callable, Iterable
from functools import cache
from uuid import UUID

from flask import render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import movers, names_behind, names_of, organisation_names
from reintegration.accounts.views.act_words import act
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict, Invalid, NotFound
from reintegration.kernel.signing import signers
from reintegration.kernel.states import StateEvent
from reintegration.web import parameters, slots
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import translated
from reintegration.web.forms import option
from reintegration.web.once import Next
from reintegration.web.saying import error_text
from reintegration.web.submit import Ask, Asking, asked, asked_why
from vouchers.books.models import BankAccount
from vouchers.books.queries import bank_accounts
from vouchers.books.services.balances import provider_balances
from vouchers.payments.forms.claims import BatchForm, ReasonForm, ServiceBatchForm
from vouchers.payments.models import PayeeAccount, PaymentBatch, PaymentOrder
from vouchers.payments.permissions import PayeePermission, PaymentPermission
from vouchers.payments.queries import batch_news
from vouchers.payments.queries import batches as queries
from vouchers.payments.queries import claims as claim_queries
from vouchers.payments.queries.payees import masked
from vouchers.payments.services import batches, rails, release_limit, settlement
from vouchers.payments.services.payment_moves import BATCH, ORDER
from vouchers.payments.states import RELEASED_TOGETHER, BatchState
from vouchers.payments.views import batch_ready, order_story
from vouchers.payments.views.batch_ready import Ready
from vouchers.payments.views.blueprints import batches_bp as bp

_SHOWN: dict[str, tuple[BatchState, ...]] = {
    "open": (BatchState.PREPARED, BatchState.APPROVED),
    "released": (BatchState.RELEASED,),
    "settled": (BatchState.SETTLED,),
    "all": (),
}
_MINE = ("to_approve", "to_release")
_WAITS = (BatchState.PREPARED, BatchState.APPROVED)


def _batch(batch_id: UUID) -> PaymentBatch:
    return queries.batch_or_404(session(), current_actor(), batch_id)


def load_order(order_id: UUID) -> PaymentOrder:
    """Return an order within reach."""
    return queries.order_or_404(session(), current_actor(), order_id)


def _order(order_id: UUID) -> PaymentOrder:
    """Return an order of which a person says what the bank did; a service says it itself."""
    order = queries.order_or_404(session(), current_actor(), order_id)
    if rails.of(order.batch.rail).service:
        raise NotFound
    return order


@bp.page("/", PaymentPermission.LIST)
def index() -> ResponseReturnValue:
    """List batches, and what could be put into a new one."""
    show = parameters.choice("show", (*_SHOWN, *_MINE), "open")
    page = queries.batches_page(
        session(),
        current_actor(),
        states=_SHOWN.get(show, ()),
        mine=show if show in _MINE else "",
        cursor=parameters.cursor(),
    )
    acts = [(one, field) for one in page.rows for field in ("prepared_by", "approved_by")]
    return render_template(
        "vouchers/payments/batches/index.html",
        page=page,
        show=show,
        counts=queries.counts(session(), current_actor()),
        ready=claim_queries.ready_sums(session(), rails.currencies()),
        can_pay=_can_pay(),
        people=names_behind(session(), *acts),
        given=parameters.those("show"),
        P=PaymentPermission,
    )


@bp.form("/new", PaymentPermission.PREPARE)
def new() -> Asking:
    """Make a batch of the ticked claims."""
    ready = cache(
        lambda: batch_ready.ready(session(), _currency())
    )  # a form that is sent needs none
    way = _way(ready)
    form = _batch_form(way)
    yield Ask(lambda: _new_page(form, way, ready()), form)
    typed = form.execution_on.data if isinstance(form, BatchForm) else None
    batch = batches.prepare(
        session(),
        claim_ids=form.claims.data,
        paid_from=_account(form) if isinstance(form, BatchForm) else way.rail,
        execution_on=typed or clock.local_day(clock.now()),
        **acting(),
    )
    return _back(batch.id, _("The batch is prepared. Somebody else approves it."))


@bp.page("/<uuid:batch_id>", PaymentPermission.VIEW, load=_batch)
def show(batch: PaymentBatch) -> ResponseReturnValue:
    """Show a batch, its orders and who did what."""
    return _show_page(batch)


@bp.act("/<uuid:batch_id>/approve", PaymentPermission.APPROVE, load=_batch, fresh=True)
def approve(batch: PaymentBatch) -> Next:
    """Approve what somebody else prepared."""
    batches.approve(session(), batch, **acting())
    return _back(batch.id, _("The batch is approved. A third person releases it."))


@bp.form("/<uuid:batch_id>/release", PaymentPermission.RELEASE, load=_batch, fresh=True)
def release(batch: PaymentBatch) -> Asking:
    """Post the payments; make the bank's file, or let the messages leave."""
    yield asked("vouchers/payments/batches/release.html", batch=batch, way=rails.of(batch.rail))
    batches.release(session(), batch, **acting())
    return _back(batch.id, _released(batch))


def _released(batch: PaymentBatch) -> str:
    said = _("The batch is released. Give its file to the bank.")
    if rails.of(batch.rail).service:
        said = _(
            "The batch is released. Its orders are being sent to %(service)s; what became of each"
            " stands here.",
            service=translated(batch.rail),
        )
    nothing = _("The batch is released. Everything in it is set off: nothing is sent.")
    return str(said if batch.total else nothing)


@bp.form("/<uuid:batch_id>/cancel", PaymentPermission.CANCEL, load=_batch)
def cancel(batch: PaymentBatch) -> Asking:
    """Take a batch back before its release."""
    page = "vouchers/payments/batches/cancel.html"
    reason = yield from asked_why(page, ReasonForm(), batch=batch)
    batches.cancel(session(), batch, reason=reason, **acting())
    return _back(batch.id, _("The batch is cancelled. Its claims can be paid by another one."))


@bp.page("/<uuid:batch_id>/file", PaymentPermission.DOWNLOAD, load=_batch, fresh=True)
def download(batch: PaymentBatch) -> ResponseReturnValue:
    """Give the file for the bank: always the same bytes."""
    if batch.file_content is None:
        raise NotFound
    answer = send_file(
        io.BytesIO(batch.file_content),
        mimetype=rails.media_type(batch.file_name or ""),
        as_attachment=True,
        download_name=batch.file_name,
    )
    answer.headers["X-Content-SHA256"] = batch.file_sha256 or ""
    return answer


@bp.page("/orders/<uuid:order_id>", PaymentPermission.VIEW, load=load_order)
def order(order: PaymentOrder) -> ResponseReturnValue:
    """Tell the story of an order: who did what, when it left, and what became of it."""
    events = claim_queries.history(session(), ORDER.name, order.id)
    batch = order.batch
    names = names_of(session(), _people(batch, events))
    return render_template(
        "vouchers/payments/batches/order.html",
        order=order,
        claims=queries.claims_of(session(), batch).get(order.id, []),
        story=order_story.story(order, names),
        failure=order_story.failure(order),
        standing=order_story.standing([order]).get(order.id),
        masked=masked,
        events=events,
        people=names,
        act=act,
        actions=slots.render("payment_order.actions", order=order),
        cards=slots.render("payment_order.cards", order=order),
    )


@bp.form("/orders/<uuid:order_id>/fail", PaymentPermission.FAIL, load=_order)
def fail(order: PaymentOrder) -> Asking:
    """The bank refused an order: its claims are owed again."""
    page = "vouchers/payments/batches/fail.html"
    reason = yield from asked_why(page, ReasonForm(), order=order)
    settlement.fail_order(session(), order, reason=reason, **acting())
    return _back(order.batch_id, _("The order failed. Its claims can be paid again."))


def _back(batch_id: UUID, said: str) -> Next:
    return Next(url_for(".show", batch_id=batch_id), said)


def _can_pay() -> bool:
    """Return whether one of our accounts is in use, or a payment service."""
    return any(
        way.service or bank_accounts.in_use(session(), way.currency)
        for currency in rails.currencies()
        for way in rails.ways(currency)
    )


def _currency() -> str:
    payable = rails.currencies()
    return parameters.choice("currency", payable, payable[0])


def _way(ready: Callable[[], Ready]) -> rails.Way:
    """Return the way that the page is about: the asked one, or the only one that is needed."""
    ways = rails.ways(_currency())
    offered = {str(way.rail): way for way in ways}
    asked = parameters.choice("by", ["", *offered], "")
    return offered[asked] if asked else ready().only_way(ways) or ways[0]


def _account(form: BatchForm) -> BankAccount:
    for account in bank_accounts.in_use(session(), _currency()):
        if form.account.data in ("", None, str(account.id)):
            return account
    raise Invalid(N_("There is no account of ours in use in this currency."))


def _batch_form(way: rails.Way) -> ServiceBatchForm:
    if way.service:
        return ServiceBatchForm()
    form = BatchForm(execution_on=clock.local_day(clock.now()))
    form.account.choices = [
        option(account.id, f"{account.name} · {account.iban}")
        for account in bank_accounts.in_use(session(), _currency())
    ]
    return form


def _new_page(form: ServiceBatchForm, way: rails.Way, ready: Ready) -> str:
    currency, elsewhere = way.currency, ready.elsewhere(way)
    providers = {claim.provider_id for claim, _worth in ready.claims}
    owed = {
        key[0]: balance.receivable
        for key, balance in provider_balances(session(), providers).items()
        if key[1] == currency and balance.receivable.minor > 0
    }
    lapsed = _lapsed(ready.accounts.values())
    here = ready.by(way)
    ticked = {str(key) for key in form.claims.data}
    if form.is_fresh and not elsewhere:  # nothing else was to be chosen
        ticked = {str(claim.id) for claim, _worth in here}
    return render_template(
        "vouchers/payments/batches/new.html",
        form=form,
        claims=ready.listed(way),
        elsewhere=elsewhere,
        at_once=claim_queries.AT_ONCE,
        currency=currency,
        currencies=rails.currencies(),
        names=organisation_names(session(), providers),
        accounts=ready.accounts,
        lapsed=lapsed,
        anybody=any(claim.provider_id not in lapsed for claim, _worth in here),
        masked=masked,
        owed=owed,
        ticked=ticked,
        way=way,
        ways=[(one, len(ready.by(one))) for one in rails.ways(currency)],
    )


def _changed(batch: PaymentBatch) -> list[str]:
    """Return why a batch that waits cannot go on any more."""
    if batch.state not in _WAITS:
        return []
    names = batches.changed_payees(session(), batch)
    return [error_text(Conflict(batches.CHANGED, name=name)) for name in names]


def _lapsed(accounts: Iterable[PayeeAccount]) -> dict[UUID, str]:
    """Return why providers cannot be paid now, where that is so."""
    today = clock.local_day(clock.now())
    said = {
        one.provider_id: error_text(Conflict(batches.HELD, name=one.holder, day=one.pays_from))
        for one in accounts
        if one.is_held(today)
    }
    there = {one.service_account: one for one in accounts if one.service_account}
    found = rails.why_not_payable(session(), list(there), today) if there else []
    for one in found:
        account = there[one.service_account]
        values = {"name": account.holder, **one.params}
        said[account.provider_id] = error_text(Conflict(one.why, **values))
    return said


def _show_page(batch: PaymentBatch) -> str:
    today = clock.local_day(clock.now())
    events = claim_queries.history(session(), BATCH.name, batch.id)
    limit = release_limit.limit_of(batch.currency, on=today)
    already = release_limit.released_lately(
        session(), signers(batch, "prepared_by"), batch.currency, now=clock.now()
    )
    return render_template(
        "vouchers/payments/batches/show.html",
        batch=batch,
        account=batch.bank_account_id and session().get_one(BankAccount, batch.bank_account_id),
        way=rails.of(batch.rail),
        masked=masked,
        claims=queries.claims_of(session(), batch),
        moves=BATCH.available(batch, current_actor()),
        failing=[order.id for order in batch.orders if _may_fail(order)],
        changed=_changed(batch),
        waits=batch.state in _WAITS,
        news=batch_news.news(session(), batch) if batch.state in _WAITS else [],
        cards=slots.render("payment_batch.cards", batch=batch),
        difference=batch_news.difference(session(), batch) if batch.state in _WAITS else None,
        failure=order_story.failure,
        standing=order_story.standing(batch.orders),
        events=events,
        people=names_of(session(), _people(batch, events)),
        steps=order_story.DONE,
        small=batch.total < limit,
        limit=limit,
        already=already,
        together_days=RELEASED_TOGETHER.on(today).days,
        act=act,
        P=PaymentPermission,
        Y=PayeePermission,
    )


def _may_fail(order: PaymentOrder) -> bool:
    """Whether a person may say here that the bank refused an order."""
    by_bank = rails.of(order.batch.rail).service is None
    return by_bank and "fail" in ORDER.available(order, current_actor())


def _people(batch: PaymentBatch, events: Iterable[StateEvent]) -> set[UUID]:
    """Return who did something with a batch, and for whom."""
    done = (signers(batch, field) for _word, field, _at in order_story.DONE)
    return movers(events).union(*done)
