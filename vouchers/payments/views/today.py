"""What waits for finance and for a bookkeeper today, and the figures in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import NAMED, Figure, TodayItem, waiting
from reintegration.accounts.views.today_picture import Days, window
from reintegration.codelists.currencies import HOME
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count, Pile
from reintegration.kernel.db import session
from reintegration.web.current import current_actor
from reintegration.web.filters import day, money, translated
from vouchers.payments.permissions import ClaimPermission, PayeePermission, PaymentPermission
from vouchers.payments.queries import batches, claims, payees
from vouchers.payments.services import rails
from vouchers.payments.states import ClaimState


def items(*, session: Session, actor: Actor, today: date) -> list[Figure | TodayItem]:
    """Return what waits with claims, batches and accounts of payees, for each role its own."""
    del today
    if permissions.could(actor, ClaimPermission.DRAFT):
        return _for_bookkeeper(session, actor)
    found: list[Figure | TodayItem] = []
    if permissions.could(actor, ClaimPermission.CHECK):
        found += _for_preparer(session, actor)
    if permissions.could(actor, PaymentPermission.APPROVE) or permissions.could(
        actor, PaymentPermission.RELEASE
    ):
        found += _for_batches(session, actor)
    if permissions.permits(actor, PayeePermission.LIST):
        pile = payees.waiting_pile(session, actor)
        approves = permissions.could(actor, PayeePermission.APPROVE)
        action = _("Approve") if approves else _("See them")
        url = url_for("payees.index")
        found += waiting(Figure(_("Accounts of payees to approve"), pile, action, url, 20))
    return found


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return what is to be paid on each of the next days, and to a bookkeeper what was earned."""
    first, last = window(today)
    if permissions.could(actor, ClaimPermission.DRAFT):
        earned = claims.earned_by_day(session, actor, HOME, first)
        due = batches.due_to_payee_by_day(session, actor, HOME, today, last)
        return [
            Days(_("Delivered"), "moss", earned, HOME),
            Days(_("Payments under way to you"), "gold", due, HOME, ahead=True),
        ]
    if permissions.could(actor, PaymentPermission.LIST):
        due = batches.due_by_day(session, actor, HOME, today, last)
        return [Days(_("To be paid"), "gold", due, HOME, ahead=True)]
    return []


def _for_bookkeeper(session: Session, actor: Actor) -> list[Figure | TodayItem]:
    disputed = claims.waiting_pile(session, actor, ClaimState.DISPUTED)
    found: list[Figure | TodayItem] = []
    url = url_for("claims.mine", show="disputed")
    found += waiting(Figure(_("Disputed claims"), disputed, _("Read why and answer"), url, 10))
    for one in claims.unclaimed_sums(session, actor):
        pile = Pile(Count(one.count), one.since, (one.amount,))
        url = url_for("claims.mine_new", currency=one.currency)
        found += waiting(Figure(_("Delivered and not claimed"), pile, _("Make a claim"), url, 20))
    return found


def _for_preparer(session: Session, actor: Actor) -> list[Figure | TodayItem]:
    submitted = claims.waiting_pile(session, actor, ClaimState.SUBMITTED)
    to_check = url_for("claims.index")
    return [
        *waiting(Figure(_("Claims to check"), submitted, _("See them all"), to_check, 20)),
        *map(_to_pay, claims.ready_sums(session, rails.currencies())),
        *(
            TodayItem(
                "gold",
                _("To check"),
                _("Claim %(reference)s", reference=one.claim.reference),
                url_for("claims.show", claim_id=one.claim.id),
                20,
                _("Check it"),
                one.provider,
                one.claim.submitted_at or one.claim.created_at,
                money(one.claim.invoiced),
            )
            for one in claims.oldest_submitted(session, actor, limit=NAMED)
        ),
    ]


def _to_pay(ready: claims.Ready) -> Figure:
    url = url_for("batches.new", currency=ready.sum.currency)
    pile = Pile(ready.claims, worth=(ready.sum,))
    label = _("Checked claims to pay in %(currency)s", currency=ready.sum.currency)
    return Figure(label, pile, _("Prepare a batch"), url, 30)


def _for_batches(session: Session, actor: Actor) -> list[Figure | TodayItem]:
    found: list[Figure | TodayItem] = []
    for waits, label, action in (
        (batches.TO_APPROVE, _("Batches to approve"), _("Approve")),
        (batches.TO_RELEASE, _("Batches to release"), _("Release")),
    ):
        pile = batches.waiting_pile(session, actor, waits)
        url = url_for("batches.index", show=waits)
        found += waiting(Figure(label, pile, _("See them all"), url, 15))
        found += [
            TodayItem(
                "gold",
                str(translated(batch.state)),
                _("Batch %(reference)s", reference=batch.reference),
                url_for("batches.show", batch_id=batch.id),
                15,
                action,
                _("to be paid on %(day)s", day=day(batch.execution_on)),
                batch.approved_at or batch.prepared_at,
                money(batch.total),
            )
            for batch in batches.oldest_waiting(session, actor, waits, limit=NAMED)
        ]
    return found


def count_claims() -> int:
    """Return how many claims wait for a check."""
    counted = claims.counts(session(), current_actor())
    return counted.get(ClaimState.SUBMITTED, 0)


def count_disputed() -> int:
    """Return how many of one's own claims are disputed."""
    return claims.counts(session(), current_actor()).get(ClaimState.DISPUTED, 0)
