"""What vouchers add to pages of the floors below, and to everyone's day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from reintegration.accounts.views.today import TodayItem
from reintegration.cases.models import CaseFile
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.plans.models import EmergencyStart, PlanLine
from reintegration.plans.queries.from_above import LineAction
from reintegration.plans.states import EmergencyState, LineOrigin
from reintegration.web.current import current_actor
from vouchers.models import Voucher
from vouchers.permissions import RedemptionPermission, VoucherPermission
from vouchers.queries import redemptions as redemption_reading
from vouchers.queries import vouchers as reading
from vouchers.services import entitlement
from vouchers.states import OPEN_STATES, VOUCHER_LABELS, VOUCHER_TONES, VoucherState
from vouchers.views import words

_AHEAD = OPEN_STATES | {VoucherState.DRAFT, VoucherState.APPROVED}


def line_actions(case: CaseFile, lines: Sequence[PlanLine], actor: Actor) -> list[LineAction]:
    """Return where the vouchers of each line stand, or the way to issue one."""
    if not permissions.permits(actor, VoucherPermission.VIEW, case):
        return []
    may_draft = permissions.permits(actor, VoucherPermission.DRAFT, case)
    by_line: dict[UUID, list[Voucher]] = {}
    for voucher in reading.of_lines(current_session(), [line.id for line in lines]):
        by_line.setdefault(voucher.plan_line_id, []).append(voucher)
    ready = (
        reading.lines_with_acceptance(current_session(), [line.id for line in lines])
        if may_draft
        else frozenset()
    )
    found: list[LineAction] = []
    for line in lines:
        mine = by_line.get(line.id, [])
        found += [_standing(line, voucher) for voucher in mine if voucher.state in _AHEAD][:3]
        if may_draft and _may_issue(line, mine, line.id in ready):
            found.append(
                LineAction(
                    line.id,
                    label=_("Issue a voucher"),
                    url=url_for("vouchers.new", line_id=line.id),
                    primary=line.id in ready,
                )
            )
    return found


def _standing(line: PlanLine, voucher: Voucher) -> LineAction:
    state = VoucherState(voucher.state)
    return LineAction(
        line.id,
        label=_("Voucher %(reference)s", reference=voucher.reference),
        url=url_for("vouchers.show", voucher_id=voucher.id),
        status=_("voucher: %(state)s", state=_(VOUCHER_LABELS[state])),
        tone=VOUCHER_TONES[state],
    )


def _may_issue(line: PlanLine, vouchers: Sequence[Voucher], has_acceptance: bool) -> bool:
    """Whether something is left that a voucher could be issued for."""
    if line.removed_at is not None or not line.is_approved:
        return False
    units, ceiling = entitlement.ceiling_of(line)
    del units
    promised = sum(one.amount_left_minor for one in vouchers)
    delivered = line.delivery.amount_minor if line.delivery else 0
    is_free = ceiling.minor > promised + delivered
    return is_free and (has_acceptance or not vouchers)


def case_exposure(case: CaseFile) -> list[str]:
    """Return what was delivered and nobody confirmed: a case is not closed over it."""
    count = redemption_reading.unconfirmed_on_case(current_session(), case.id)
    if not count:
        return []
    return [
        ngettext(
            "%(num)s delivery waits for confirmation.",
            "%(num)s deliveries wait for confirmation.",
            count,
        )
    ]


def emergency_actions(case: CaseFile, line: PlanLine, started: EmergencyStart) -> str:
    """Return the next tap for one thing that was promised at night."""
    if not permissions.permits(current_actor(), VoucherPermission.VIEW, case):
        return ""
    vouchers = [
        one
        for one in reading.of_lines(current_session(), [line.id])
        if one.state != VoucherState.CANCELLED
    ]
    may_issue = (
        permissions.permits(current_actor(), VoucherPermission.DRAFT, case)
        and started.state != EmergencyState.REFUSED
        and line.origin == LineOrigin.EMERGENCY
        and entitlement.room_on(current_session(), line).money.minor > 0
    )
    return render_template(
        "vouchers/vouchers/_emergency.html",
        line=line,
        vouchers=vouchers,
        may_issue=may_issue,
        labels=VOUCHER_LABELS,
        tones=VOUCHER_TONES,
        words=words,
    )


def today_items(session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for this person with vouchers."""
    del today
    if not permissions.permits(actor, RedemptionPermission.LIST_UNCONFIRMED):
        return []
    found: list[TodayItem] = []
    count = redemption_reading.unconfirmed_count(session, actor)
    if count:
        sentence = ngettext(
            "%(num)s delivery without a PIN waits for your confirmation",
            "%(num)s deliveries without a PIN wait for your confirmation",
            count,
        )
        found.append(TodayItem("gold", _("Waiting"), sentence, url_for("vouchers.unconfirmed"), 25))
    count = reading.waiting_for_approval(session, actor) if _is_supervisor(actor) else 0
    if count:
        sentence = ngettext(
            "%(num)s voucher waits for your approval",
            "%(num)s vouchers wait for your approval",
            count,
        )
        found.append(
            TodayItem("gold", _("Waiting"), sentence, url_for("vouchers.index", state="draft"), 15)
        )
    count = reading.waiting_for_issue(session, actor)
    if count:
        sentence = ngettext(
            "%(num)s voucher is approved: issue it",
            "%(num)s vouchers are approved: issue them",
            count,
        )
        found.append(
            TodayItem(
                "sky", _("Approved"), sentence, url_for("vouchers.index", state="approved"), 18
            )
        )
    return found


def count_unconfirmed() -> int:
    """Return how many deliveries wait, for the navigation."""
    return redemption_reading.unconfirmed_count(current_session(), current_actor())


def _is_supervisor(actor: Actor) -> bool:
    return bool(actor.caseload) and "supervisor" in actor.roles
