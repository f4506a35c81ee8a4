"""What vouchers ask of case people today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import names_behind
from reintegration.accounts.views.doers import signed_by
from reintegration.accounts.views.today import Figure, waiting
from reintegration.accounts.views.today_picture import Days, window
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import NOTHING
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import session as current_session
from reintegration.plans.views.deciding import Queue, Row
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import day_month, money
from vouchers.voucher.forms.redeem import FindForm
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import RedemptionPermission, VoucherPermission
from vouchers.voucher.queries import redemptions as redemption_reading
from vouchers.voucher.queries import vouchers as reading
from vouchers.voucher.views import voucher_text


def items(*, session: Session, actor: Actor, today: date) -> list[Figure]:
    """Return what waits for this person with vouchers."""
    del today
    if not permissions.permits(actor, RedemptionPermission.LIST_UNCONFIRMED):
        return []
    to_approve = (
        reading.waiting_pile(session, actor, reading.TO_APPROVE) if _approves(actor) else NOTHING
    )
    found = (
        Figure(
            _("Deliveries to confirm"),
            redemption_reading.unconfirmed_pile(session, actor),
            _("Confirm"),
            url_for("vouchers.unconfirmed"),
            25,
        ),
        Figure(
            _("Vouchers to approve"),
            to_approve,
            _("Approve"),
            url_for("vouchers.index", state=reading.TO_APPROVE),
            15,
        ),
        Figure(
            _("Vouchers to issue"),
            reading.waiting_pile(session, actor, reading.TO_ISSUE),
            _("Issue"),
            url_for("vouchers.index", state=reading.TO_ISSUE),
            18,
        ),
    )
    return [figure for one in found for figure in waiting(one)]


def days(*, session: Session, actor: Actor, today: date) -> list[Days]:
    """Return how many deliveries there were on each day: at a desk its own, else of one's cases."""
    first, _last = window(today)
    if permissions.could(actor, RedemptionPermission.RECORD):
        done = redemption_reading.delivered_at_desk(session, actor, first)
    elif actor.caseload and permissions.permits(actor, RedemptionPermission.LIST_UNCONFIRMED):
        done = redemption_reading.delivered_in_cases(session, actor, first)
    else:
        return []
    return [Days(_("Deliveries"), "moss", done)]


def desk(*, actor: Actor) -> Markup:
    """Return what a desk is here for: the code of a voucher, typed or scanned."""
    if not permissions.could(actor, RedemptionPermission.RECORD):
        return Markup()
    return slots.part("vouchers/voucher/redeem/desk.html", form=FindForm())


def to_decide(*, actor: Actor) -> list[Select[Voucher]]:
    """Return what stands under Decisions, to be counted."""
    return [reading.to_approve(actor)]


def decisions(*, session: Session, actor: Actor) -> list[Queue]:
    """Return the vouchers that wait for the approval of this person."""
    found = reading.oldest_to_approve(session, actor)
    codes = reading.case_codes(session, actor, [one.case_id for one in found])
    names = names_behind(session, *((one, "drafted_by") for one in found))
    rows = [
        Row(
            case_code=codes.get(one.case_id, ""),
            what=_("Voucher %(reference)s", reference=one.reference),
            text=voucher_text.service(one.category),
            money=money(one.amount),
            by=signed_by(names, one, "drafted_by"),
            since=day_month(local_day(one.created_at)),
            url=url_for("vouchers.show", voucher_id=one.id),
        )
        for one in found
    ]
    return [Queue(_("Vouchers"), _("Service"), rows)]


def count_unconfirmed() -> int:
    """Return how many deliveries wait, for the navigation."""
    return redemption_reading.unconfirmed_count(current_session(), current_actor())


def _approves(actor: Actor) -> bool:
    return permissions.could(actor, VoucherPermission.APPROVE)
