"""What vouchers ask of case people today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem, counted
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count
from reintegration.kernel.db import session as current_session
from reintegration.web.current import current_actor
from vouchers.voucher.permissions import RedemptionPermission, VoucherPermission
from vouchers.voucher.queries import redemptions as redemption_reading
from vouchers.voucher.queries import vouchers as reading


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for this person with vouchers."""
    del today
    if not permissions.permits(actor, RedemptionPermission.LIST_UNCONFIRMED):
        return []
    return [
        *_to_confirm(redemption_reading.unconfirmed_count(session, actor)),
        *_to_approve(reading.waiting_for_approval(session, actor) if _approves(actor) else Count()),
        *_to_issue(reading.waiting_for_issue(session, actor)),
    ]


def _to_confirm(count: Count) -> list[TodayItem]:
    sentence = ngettext(
        "%(num)s delivery without a PIN waits for your confirmation",
        "%(num)s deliveries without a PIN wait for your confirmation",
        count,
    )
    url = url_for("vouchers.unconfirmed")
    return counted(count, TodayItem("gold", _("Waiting"), sentence, url, 25))


def _to_approve(count: Count) -> list[TodayItem]:
    sentence = ngettext(
        "%(num)s voucher waits for your approval", "%(num)s vouchers wait for your approval", count
    )
    url = url_for("vouchers.index", state="draft")
    return counted(count, TodayItem("gold", _("Waiting"), sentence, url, 15))


def _to_issue(count: Count) -> list[TodayItem]:
    sentence = ngettext(
        "%(num)s voucher is approved: issue it", "%(num)s vouchers are approved: issue them", count
    )
    url = url_for("vouchers.index", state="approved")
    return counted(count, TodayItem("sky", _("Approved"), sentence, url, 18))


def count_unconfirmed() -> int:
    """Return how many deliveries wait, for the navigation."""
    return redemption_reading.unconfirmed_count(current_session(), current_actor())


def _approves(actor: Actor) -> bool:
    return permissions.could(actor, VoucherPermission.APPROVE)
