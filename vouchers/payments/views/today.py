"""What waits for finance and for a bookkeeper today, and the figures in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.web.current import current_actor
from reintegration.web.filters import money
from vouchers.payments.permissions import ClaimPermission, PayeePermission, PaymentPermission
from vouchers.payments.queries import batches, claims, payees
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
    if not count:
        return []
    sentence = ngettext(
        "%(num)s account waits for approval", "%(num)s accounts wait for approval", count
    )
    return [TodayItem("gold", _("Accounts"), sentence, url_for("payees.index"), 20)]


def _for_bookkeeper(session: Session, actor: Actor) -> list[TodayItem]:
    found = []
    disputed = claims.counts(session, actor).get(ClaimState.DISPUTED, 0)
    if disputed:
        sentence = ngettext(
            "%(num)s claim is disputed: read why and answer",
            "%(num)s claims are disputed: read why and answer",
            disputed,
        )
        found.append(TodayItem("clay", _("Disputed"), sentence, url_for("claims.mine"), 10))
    for one in claims.unclaimed_sums(session, actor):
        sentence = ngettext(
            "%(num)s delivery of %(amount)s is not claimed yet",
            "%(num)s deliveries of %(amount)s in all are not claimed yet",
            one.count,
            amount=money(one.amount),
        )
        url = url_for("claims.mine_new", currency=one.currency)
        found.append(TodayItem("gold", _("To claim"), sentence, url, 20))
    return found


def _for_preparer(session: Session, actor: Actor) -> list[TodayItem]:
    found = []
    counted = claims.counts(session, actor)
    waiting = counted.get(ClaimState.SUBMITTED, 0)
    if waiting:
        sentence = ngettext(
            "%(num)s claim waits to be checked", "%(num)s claims wait to be checked", waiting
        )
        found.append(TodayItem("gold", _("To check"), sentence, url_for("claims.index"), 20))
    checked = counted.get(ClaimState.CHECKED, 0)
    if checked:
        sentence = ngettext(
            "%(num)s checked claim can be put into a batch",
            "%(num)s checked claims can be put into a batch",
            checked,
        )
        found.append(TodayItem("sky", _("To pay"), sentence, url_for("batches.index"), 30))
    return found


def _for_batches(session: Session, actor: Actor) -> list[TodayItem]:
    waiting = batches.waiting_for(session, actor)
    found = []
    if waiting.to_approve:
        sentence = ngettext(
            "%(num)s batch waits for your approval",
            "%(num)s batches wait for your approval",
            waiting.to_approve,
        )
        found.append(TodayItem("gold", _("To approve"), sentence, url_for("batches.index"), 15))
    if waiting.to_release:
        sentence = ngettext(
            "%(num)s batch waits for your release",
            "%(num)s batches wait for your release",
            waiting.to_release,
        )
        found.append(TodayItem("gold", _("To release"), sentence, url_for("batches.index"), 15))
    return found


def count_claims() -> int:
    """Return how many claims wait for a check."""
    counted = claims.counts(session(), current_actor())
    return counted.get(ClaimState.SUBMITTED, 0)


def count_disputed() -> int:
    """Return how many of one's own claims are disputed."""
    return claims.counts(session(), current_actor()).get(ClaimState.DISPUTED, 0)
