"""What vouchers ask of case people today, and the figure in the menu."""

from datetime import date

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select
from sqlalchemy.orm import Session

from reintegration.accounts.queries.users import names_of
from reintegration.accounts.views.today import TodayItem, counted
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.bounded import Count
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import session as current_session
from reintegration.plans.views.deciding import Queue, Row
from reintegration.web.current import current_actor
from reintegration.web.filters import day_month, money
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import RedemptionPermission, VoucherPermission
from vouchers.voucher.queries import redemptions as redemption_reading
from vouchers.voucher.queries import vouchers as reading
from vouchers.voucher.views import voucher_text


def items(*, session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for this person with vouchers."""
    del today
    if not permissions.permits(actor, RedemptionPermission.LIST_UNCONFIRMED):
        return []
    return [
        *_to_confirm(redemption_reading.unconfirmed_count(session, actor)),
        *_to_approve(
            reading.count_waiting(session, actor, reading.TO_APPROVE)
            if _approves(actor)
            else Count()
        ),
        *_to_issue(reading.count_waiting(session, actor, reading.TO_ISSUE)),
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
    url = url_for("vouchers.index", state=reading.TO_APPROVE)
    return counted(count, TodayItem("gold", _("Waiting"), sentence, url, 15))


def _to_issue(count: Count) -> list[TodayItem]:
    sentence = ngettext(
        "%(num)s voucher is approved: issue it", "%(num)s vouchers are approved: issue them", count
    )
    url = url_for("vouchers.index", state=reading.TO_ISSUE)
    return counted(count, TodayItem("sky", _("Approved"), sentence, url, 18))


def to_decide(*, actor: Actor) -> list[Select[Voucher]]:
    """Return what stands under Decisions, to be counted."""
    return [reading.to_approve(actor)]


def decisions(*, session: Session, actor: Actor) -> list[Queue]:
    """Return the vouchers that wait for the approval of this person."""
    found = reading.oldest_to_approve(session, actor)
    codes = reading.case_codes(session, actor, [one.case_id for one in found])
    names = names_of(session, [one.drafted_by for one in found])
    rows = [
        Row(
            case_code=codes.get(one.case_id, ""),
            what=_("Voucher %(reference)s", reference=one.reference),
            text=voucher_text.service(one.category),
            money=money(one.amount),
            by=names[one.drafted_by] if one.drafted_by else "",
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
