"""What waits for finance and for a bookkeeper today, and the figures in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem, counted
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.web.current import current_actor
from reintegration.web.filters import money
from vouchers.payments.permissions import ClaimPermission, PayeePermission, PaymentPermission
from vouchers.payments.queries import batches, claims, payees
from vouchers.payments.services import rails
from vouchers.payments.states import ClaimState


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits with claims, batches and accounts of payees, for each role its own."""
    del today
    if permissions.could(actor, ClaimPermission.DRAFT):
        return _for_bookkeeper(session, actor)
    found: list[TodayItem] = []
    if permissions.could(actor, ClaimPermission.CHECK):
        found += _for_preparer(session, actor)
    if permissions.could(actor, PaymentPermission.APPROVE) or permissions.could(
        actor, PaymentPermission.RELEASE
    ):
        found += _for_batches(session, actor)
    if permissions.permits(actor, PayeePermission.LIST):
        found += _payees(session, actor)
    return found


def _payees(session: Session, actor: Actor) -> list[TodayItem]:
    count = payees.waiting_count(session, actor)
    sentence = ngettext(
        "%(num)s account waits for approval", "%(num)s accounts wait for approval", count
    )
    item = TodayItem("gold", _("Accounts"), sentence, url_for("payees.index"), 20)
    return counted(count, item)


def _for_bookkeeper(session: Session, actor: Actor) -> list[TodayItem]:
    disputed = claims.counts(session, actor).get(ClaimState.DISPUTED, 0)
    sentence = ngettext(
        "%(num)s claim is disputed: read why and answer",
        "%(num)s claims are disputed: read why and answer",
        disputed,
    )
    answer = TodayItem("clay", _("Disputed"), sentence, url_for("claims.mine", show="disputed"), 10)
    return counted(disputed, answer) + [
        TodayItem(
            "gold",
            _("To claim"),
            ngettext(
                "%(num)s delivery of %(amount)s is not claimed yet",
                "%(num)s deliveries of %(amount)s in all are not claimed yet",
                one.count,
                amount=money(one.amount),
            ),
            url_for("claims.mine_new", currency=one.currency),
            20,
        )
        for one in claims.unclaimed_sums(session, actor)
    ]


def _for_preparer(session: Session, actor: Actor) -> list[TodayItem]:
    waiting = claims.counts(session, actor).get(ClaimState.SUBMITTED, 0)
    to_check = ngettext(
        "%(num)s claim waits to be checked", "%(num)s claims wait to be checked", waiting
    )
    return [
        *counted(waiting, TodayItem("gold", _("To check"), to_check, url_for("claims.index"), 20)),
        *(_to_pay(one) for one in claims.ready_sums(session, rails.currencies())),
    ]


def _to_pay(ready: claims.Ready) -> TodayItem:
    sentence = ngettext(
        "%(num)s checked claim of %(amount)s can be put into a batch",
        "%(num)s checked claims of %(amount)s in all can be put into a batch",
        ready.claims,
        amount=money(ready.sum),
    )
    return TodayItem(
        "sky", _("To pay"), sentence, url_for("batches.new", currency=ready.sum.currency), 30
    )


def _for_batches(session: Session, actor: Actor) -> list[TodayItem]:
    waiting = batches.waiting_for(session, actor)
    approve = url_for("batches.index", show="to_approve")
    release = url_for("batches.index", show="to_release")
    to_approve = ngettext(
        "%(num)s batch waits for your approval",
        "%(num)s batches wait for your approval",
        waiting.to_approve,
    )
    to_release = ngettext(
        "%(num)s batch waits for your release",
        "%(num)s batches wait for your release",
        waiting.to_release,
    )
    return [
        *counted(waiting.to_approve, TodayItem("gold", _("To approve"), to_approve, approve, 15)),
        *counted(waiting.to_release, TodayItem("gold", _("To release"), to_release, release, 15)),
    ]


def count_claims() -> int:
    """Return how many claims wait for a check."""
    counted = claims.counts(session(), current_actor())
    return counted.get(ClaimState.SUBMITTED, 0)


def count_disputed() -> int:
    """Return how many of one's own claims are disputed."""
    return claims.counts(session(), current_actor()).get(ClaimState.DISPUTED, 0)
